"""`aliyun-mns-sdk` without its traps: it encodes bodies in Base64 unless told not to, has no timeout over https, sends
requests again by itself, and does not read an answer with a character that XML cannot carry.

So the function's own HTTP session sends what the SDK has signed. Seen in 1.3.0, which takes a tenth of a second to
import.
"""

from typing import Any

from oss_cdn_refresh.model.errors import ConnectionFailed
from oss_cdn_refresh.transport.credentials import Credentials, Source
from oss_cdn_refresh.transport.session import Request, Session
from oss_cdn_refresh_cli.clients.smq_answers import readable
from oss_cdn_refresh_cli.shared.waiting import waiting

TIMED_OUT = "TimedOut"  # the kind of a network error that we give the SDK's exception


class Who:
    """What the SDK asks for credentials, before each request; it remembers which ones were used last."""

    def __init__(self, credentials: Source) -> None:
        self.credentials = credentials
        self._used: Credentials | None = None

    def get_credentials(self) -> Any:
        """Those of now, as the SDK reads them."""
        from mns.auth import Credentials as Given  # noqa: PLC0415 - see above

        self._used = self.credentials()
        return Given(*self._used)

    def redacted(self, text: str) -> str:
        """A text from outside without the credentials that were used last."""
        return self._used.redacted(text) if self._used else text


class Http:
    """What the SDK takes for its HTTP connection: each request is sent once, and its whole answer comes in time.

    seconds: that an answer may take. faults: of messages whose body XML cannot carry, by message id; what is known of
    a message stays known.
    """

    def __init__(self, endpoint: str, seconds: float) -> None:
        self.conn = self  # the SDK closes it
        self.faults: dict[str, str] = {}
        self._endpoint = endpoint
        self._seconds = seconds
        self._session = Session()

    def is_keep_alive(self) -> bool:
        """Connections are kept."""
        return True

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def send_request(self, wanted: Any) -> Any:
        """Send what the SDK has signed, and answer as it expects."""
        from mns.mns_exception import MNSClientNetworkException  # noqa: PLC0415 - see above
        from mns.mns_http import ResponseInternal  # noqa: PLC0415 - see above

        body = wanted.data if isinstance(wanted.data, bytes) else wanted.data.encode()
        requests = iter([Request(wanted.method, self._endpoint + wanted.uri, wanted.header, body)])

        def once() -> Request:
            """The request; not again on a dead connection: the queue has to know of an answer that is lost."""
            for request in requests:
                return request
            raise ConnectionFailed("ConnectionLost", "the connection was lost", reused=True)

        try:
            with waiting("SMQ", self._endpoint):
                answer = self._session.send(once, self._seconds)
        except ConnectionFailed as error:
            kind = TIMED_OUT if error.reason == "Timeout" else "NetWorkException"
            raise MNSClientNetworkException(kind, str(error), wanted.get_req_id()) from error
        found = readable(answer.body)
        self.faults.update(found.faults)
        return ResponseInternal(answer.status, dict(answer.headers), found.text)


def queue(endpoint: str, name: str, who: Who, seconds: float) -> Any:
    """The SDK's queue of that name, whose answers may take so many seconds; `mns_client.http` is an `Http`."""
    from mns.account import Account  # noqa: PLC0415 - see above

    account = Account(endpoint, credentials_provider=who)
    account.mns_client.http = Http(endpoint, seconds)
    found = account.get_queue(name)
    found.set_encoding(False)
    return found
