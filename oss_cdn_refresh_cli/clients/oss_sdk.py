"""Lets `oss2` use the function's HTTP session, which bounds the time of each whole answer.

Facts: "Access OSS by a custom domain name": a bound domain stands for its bucket, so a request has no bucket in its
URL. Accounts opened since 2025 accept only signature V4, which signs the region too.
"""

import warnings
from collections.abc import Callable
from typing import Any

from oss_cdn_refresh.model.errors import ConnectionFailed
from oss_cdn_refresh.transport.credentials import Source
from oss_cdn_refresh.transport.oss_object import Carrier, is_bound_domain
from oss_cdn_refresh.transport.session import Session
from oss_cdn_refresh_cli.shared.waiting import waiting


def module() -> Any:
    """The package, which takes a third of a second to import."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "invalid escape sequence")  # in docstrings of oss2, when Python compiles it
        import oss2  # noqa: PLC0415 - see above
    return oss2


def bucket(credentials: Source, endpoint: str, name: str, region: str, seconds: float) -> Any:
    """A bucket of `oss2`, which asks for the credentials anew for each request.

    :raises oss2.exceptions.ClientError: no bucket can have that name.
    """
    oss2 = module()
    from oss2.credentials import Credentials, CredentialsProvider  # noqa: PLC0415 - as above

    class Provider(CredentialsProvider):  # type: ignore[misc]  # oss2 is not typed
        def get_credentials(self) -> Any:
            return Credentials(*credentials())

    auth = (oss2.ProviderAuthV4 if region else oss2.ProviderAuth)(Provider())
    session = _Carrier(endpoint, seconds, oss2.exceptions.RequestError)
    bound = is_bound_domain(endpoint)
    return oss2.Bucket(auth, endpoint, name, is_cname=bound, session=session, region=region or None)


class _Carrier(Carrier):
    """Sends the requests of `oss2` through the function's session, and raises the errors of `oss2`."""

    def __init__(self, endpoint: str, seconds: float, failure: Callable[[Exception], Exception]) -> None:
        super().__init__(Session(), seconds)
        self._endpoint = endpoint
        self._failure = failure

    def do_request(self, request: Any, timeout: Any) -> Any:
        """Send the request that `oss2` has signed, and return the answer in its own class."""
        try:
            with waiting("OSS", self._endpoint):
                return super().do_request(request, timeout)
        except ConnectionFailed as error:
            raise self._failure(error) from error
