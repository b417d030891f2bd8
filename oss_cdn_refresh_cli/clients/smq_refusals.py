"""Why SMQ did not do what it was asked: whatever `aliyun-mns-sdk` raises, as one kind of error that says what helps.

The SDK (1.3.0) raises exceptions of its own for refusals, for a broken network and for its checks of arguments, and
lets KeyError, ValueError and others through where an answer is not what it expects: a proxy's page, a missing header.
Codes: "Error codes" of the SMQ documentation.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from oss_cdn_refresh_cli.clients.refusals import of_credentials, wrong
from oss_cdn_refresh_cli.clients.smq_sdk import TIMED_OUT, Who
from oss_cdn_refresh_cli.shared.errors import Refused, Unanswered

EMPTY = "MessageNotExist"  # a queue without a visible message
GONE = frozenset({"ReceiptHandleError", EMPTY})  # the message is visible again under another handle, or deleted
PASSING = frozenset({"InternalServerError", "InternalError", "ServiceUnavailable", "QpsLimitExceeded", "Throttling"})
ABOUT_A_MESSAGE = frozenset(
    {"MalformedXML", "InvalidArgument", "InvalidDelaySeconds", "MessageTooLong", "EntityTooLarge"}
)
NO_ANSWER = "NoAnswer"  # what we call it
NOT_SENT = "NotSent"

WHAT_TO_DO = {
    "QueueNotExist": "create the queue or name another one",
    "AccessDenied": "grant the mns: actions on this queue to whom the credentials belong",
    "Forbidden": "grant the mns: actions on this queue to whom the credentials belong",
    "TimeExpired": "set the clock of this machine",
    "InvalidQueueName": "name the queue as it is called in SMQ",
    NO_ANSWER: "check the endpoint and the network, and run it again",
}


class PartlyRefused(Exception):
    """A batch of which some messages were refused.

    `entries` are the SDK's: of a sending one for each message, in order, with an `ErrorCode` where it was refused; of a
    deletion one for each that was not deleted, with `ErrorCode` and `ReceiptHandle`.
    """

    def __init__(self, entries: list[dict[str, str]]) -> None:
        super().__init__("refused in part")
        self.entries = entries


@contextmanager
def translated(where: str, who: Who) -> Iterator[None]:
    """Whatever the SDK raises within becomes `Refused`, `Unanswered` or `PartlyRefused`; `where` says who was asked."""
    from mns import mns_exception as sdk  # noqa: PLC0415 - it takes a tenth of a second to import

    try:
        yield
    except sdk.MNSServerException as error:
        if error.sub_errors:
            raise PartlyRefused(error.sub_errors) from error
        code, told = str(error.type), who.redacted(str(error.message))
        if wrong(code):
            raise of_credentials(where, code, who.credentials) from error
        raise Refused(code, sentence(where, code, told), passing=code in PASSING) from error
    except sdk.MNSClientParameterException as error:
        raise Refused("InvalidArgument", sentence(where, NOT_SENT, str(error.message))) from error
    except sdk.MNSExceptionBase as error:
        told = _network(str(error.type), who.redacted(str(error.message)))
        # Whoever was silent for the whole time is not asked again: five tries would be five times that time.
        again = error.type != TIMED_OUT
        raise Unanswered(NO_ANSWER, sentence(where, NO_ANSWER, told), passing=again) from error
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        told = f"the answer is not SMQ's ({type(error).__name__})"
        raise Unanswered(NO_ANSWER, sentence(where, NO_ANSWER, told)) from error


def sentence(where: str, code: str, told: str) -> str:
    """The error for people."""
    what = told if code in (NO_ANSWER, NOT_SENT) else f"{code}: {told}"
    return ": ".join(filter(None, (where, what.rstrip(". "), WHAT_TO_DO.get(code, ""))))


def _network(kind: str, told: str) -> str:
    """The SDK gives what it cannot read as the text of the error: a whole page may stand there."""
    return told or "the connection was lost" if kind in ("NetWorkException", TIMED_OUT) else "the answer is not SMQ's"
