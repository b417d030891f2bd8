"""`aliyun-mns-sdk` without its traps: it encodes bodies in Base64 unless told not to, and has no timeout over https.

Seen in 1.3.0, which takes a tenth of a second to import.
"""

from typing import Any

from oss_cdn_refresh.credentials import Credentials, Source


class Who:
    """What the SDK asks for credentials, before each request; it remembers which ones were used last."""

    def __init__(self, credentials: Source) -> None:
        self._credentials = credentials
        self._used: Credentials | None = None

    def get_credentials(self) -> Any:
        """Those of now, as the SDK reads them."""
        from mns.auth import Credentials as Given  # noqa: PLC0415 - see above

        self._used = self._credentials()
        return Given(*self._used)

    def redacted(self, text: str) -> str:
        """A text from outside without the credentials that were used last."""
        return self._used.redacted(text) if self._used else text


def queue(endpoint: str, name: str, who: Who, seconds: float) -> Any:
    """The SDK's queue of that name, whose answers may take so many seconds."""
    from mns.account import Account  # noqa: PLC0415 - see above

    account = Account(endpoint, credentials_provider=who)
    connection = account.mns_client.http.conn
    connection.timeout = connection.connection_timeout = seconds  # what https looks at, and what http does
    found = account.get_queue(name)
    found.set_encoding(False)
    return found
