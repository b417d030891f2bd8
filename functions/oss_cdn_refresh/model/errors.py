"""What can go wrong, and whether trying again helps.

CdnRefreshError
├── ConfigurationError     a person must fix the configuration or the environment
├── UnreadableRecord       a record of an event says nothing that we understand; it becomes a dead letter
├── ConnectionFailed       no answer came; the other side may have acted on the request all the same
├── CallRefused            the CDN said no; `verdict` says what helps
├── QueueRefused           SMQ said no
└── Unaccounted            items could be put nowhere; the platform must deliver the event again
"""

from collections.abc import Sequence

from oss_cdn_refresh.model.verdict import Verdict


class CdnRefreshError(Exception):
    """The root of the tree. `retryable`: may the same thing succeed when it is done again unchanged?"""

    retryable = False


class ConfigurationError(CdnRefreshError):
    """`<file>: <place>: <what>: <remedy>`; all but the first are kept by themselves too."""

    def __init__(self, file: str, place: str, what: str, remedy: str) -> None:
        super().__init__(f"{file}: {place}: {what}: {remedy}")
        self.place = place
        self.what = what
        self.remedy = remedy


class UnreadableRecord(CdnRefreshError):
    """A record of an event cannot be read; the message says why."""


class ConnectionFailed(CdnRefreshError):
    """No answer came. `reason` is `Timeout` or `ConnectionLost`; `reused` tells that the connection was an old one."""

    retryable = True

    def __init__(self, reason: str, message: str, *, reused: bool) -> None:
        super().__init__(message)
        self.reason = reason
        self.reused = reused


class CallRefused(CdnRefreshError):
    """The CDN's answer is no acceptance.

    `code` is the API's `Code` or what we call an answer without one, `request_id` the CDN's or "",
    `retry_after` the seconds that it asked us to wait, `date` its own time in epoch seconds where it told it.
    `unanswered`: no answer came, so it may have been accepted all the same.
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
        """Whether the same call may be accepted a moment later."""
        return self.verdict is Verdict.RETRY


class QueueRefused(CdnRefreshError):
    """SMQ did not take a message: its `Code`, or what we call an answer without one.

    `unanswered`: no answer of SMQ came, so it may have done what was asked all the same.
    """

    def __init__(self, code: str, message: str, *, retryable: bool, unanswered: bool = False) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message
        self.retryable = retryable
        self.unanswered = unanswered


class Unaccounted(CdnRefreshError):
    """Items that were neither refreshed nor stored anywhere: raised last, so that the platform retries the event."""

    retryable = True

    def __init__(self, count: int, reasons: Sequence[str]) -> None:
        super().__init__(
            f"{count} items or records could not be put anywhere ({'; '.join(reasons)}): they are in the log as "
            '"unaccounted", and the event must be delivered again; check BACKLOG_QUEUE, DEAD_LETTER_QUEUE and the role'
        )
        self.count = count
