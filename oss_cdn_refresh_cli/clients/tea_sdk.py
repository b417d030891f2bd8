"""Configures the SDKs of the Tea family (CDN, Function Compute, RAM, STS) and translates their errors.

They make no retry. Each takes half a second to import.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from oss_cdn_refresh.transport.credentials import Credentials, Source
from oss_cdn_refresh_cli.clients.refusals import refusal
from oss_cdn_refresh_cli.shared.errors import Unanswered
from oss_cdn_refresh_cli.shared.waiting import waiting

WHAT_TO_DO = {
    "InvalidTimeStamp.Expired": "set the clock of this machine",
}


def config(who: Credentials, endpoint: str, seconds: float) -> Any:
    """A client's configuration, for a base URL whose service may be silent for so many seconds."""
    from alibabacloud_tea_openapi.models import Config  # noqa: PLC0415 - see above

    scheme, _, host = endpoint.partition("://")
    milliseconds = max(1, int(seconds * 1_000))
    return Config(
        *who[:2],
        security_token=who.security_token or None,
        endpoint=host,
        protocol=scheme,
        connect_timeout=milliseconds,
        read_timeout=milliseconds,
    )


@contextmanager
def asking(service: str, endpoint: str, credentials: Source, right: str, unanswered: str) -> Iterator[None]:
    """Turns each error of the SDK in the block into `Refused` or `Unanswered`.

    right: the right that the call needs. unanswered: the message where no answer came.
    """
    from alibabacloud_tea_openapi.exceptions import AlibabaCloudException  # noqa: PLC0415 - see above
    from Tea.exceptions import TeaException  # noqa: PLC0415 - see above

    grant = f"grant {right} to whom the credentials belong"
    remedies = {**WHAT_TO_DO, "Forbidden.RAM": grant, "AccessDenied": grant}
    try:
        with waiting(service, endpoint):
            yield
    except AlibabaCloudException as error:
        code, told = str(error.code), credentials().redacted(str(error.message))
        raise refusal(endpoint, code, told, credentials, remedies.get(code, "")) from error
    except (TeaException, OSError, ValueError) as error:
        raise Unanswered("NoAnswer", f"{endpoint}: {unanswered}") from error
