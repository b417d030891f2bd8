"""The errors of the library: whether a retry helps, and whether a person must act.

CdnRefreshError
├── ConfigurationError     a person must fix the configuration or the environment
├── UnreadableRecord       a record of an event cannot be read; it becomes a dead letter
├── ConnectionFailed       no answer came; the peer may have done what the request asks
├── CallRefused            the CDN did not accept a call; `verdict` says what helps
├── QueueRefused           SMQ did not take a message
└── Unaccounted            items could be stored nowhere; the platform must deliver the event again
"""

from collections.abc import Sequence

from oss_cdn_refresh.model.verdict import Verdict


class CdnRefreshError(Exception):
    """The root of the tree. `retryable`: whether the same attempt, unchanged, may succeed later."""

    retryable = False


class ConfigurationError(CdnRefreshError):
    """The message is `<file>: <place>: <what>: <remedy>`; `place`, `what` and `remedy` are attributes too."""

    def __init__(self, file: str, place: str, what: str, remedy: str) -> None:
        super().__init__(f"{file}: {place}: {what}: {remedy}")
        self.place = place
        self.what = what
        self.remedy = remedy


class UnreadableRecord(CdnRefreshError):
    """A record of an event cannot be read; the message says why."""


class ConnectionFailed(CdnRefreshError):
    """No answer came. `reason` is `Timeout` or `ConnectionLost`; `reused`: an earlier request opened the connection."""

    retryable = True

    def __init__(self, reason: str, message: str, *, reused: bool) -> None:
        super().__init__(message)
        self.reason = reason
        self.reused = reused


class CallRefused(CdnRefreshError):
    """The CDN did not accept a call.

    code: the API's `Code`, or our name for an answer without a code. request_id: the CDN's, or "". retry_after: the
    seconds for which the CDN asks us to wait. date: the CDN's own time in epoch seconds, None if the answer has none.
    unanswered: no answer came, so the CDN may have accepted the call.
    """

    def __init__(
        self,
        verdict: Verdict,
        code: str,
        message: str = "",
        *,
        request_id: str = "",
        retry_after: float = 0.0,
        date: float | None = None,
        unanswered: bool = False,
    ) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.verdict = verdict
        self.code = code
        self.message = message
        self.request_id = request_id
        self.retry_after = retry_after
        self.date = date
        self.unanswered = unanswered

    @property
    def retryable(self) -> bool:  # type: ignore[override]  # here it depends on the code
        """Whether the CDN may accept the same call a moment later."""
        return self.verdict is Verdict.RETRY


class QueueRefused(CdnRefreshError):
    """SMQ did not take a message. `code` is SMQ's `Code`, or our name for an answer without a code.

    unanswered: no answer came, so SMQ may have done what the request asks.
    """

    def __init__(self, code: str, message: str, *, retryable: bool, unanswered: bool = False) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message
        self.retryable = retryable
        self.unanswered = unanswered


class Unaccounted(CdnRefreshError):
    """Items were neither refreshed nor stored. The handler raises this at the end, so that the platform retries."""

    retryable = True

    def __init__(self, count: int, reasons: Sequence[str]) -> None:
        super().__init__(
            f"{count} items or records could not be put anywhere ({'; '.join(reasons)}): they are in the log as "
            '"unaccounted", and the event must be delivered again; check BACKLOG_QUEUE, DEAD_LETTER_QUEUE and the role'
        )
        self.count = count
