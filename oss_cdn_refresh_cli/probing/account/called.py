"""The answer to a refresh or a preload, and its meaning."""

from collections.abc import Callable
from typing import NamedTuple

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh_cli.probing.answers import Unclear

ABOUT_ITEMS = {Verdict.BAD_ITEM, Verdict.TOO_LARGE}  # refusals of the items, not of the account

ANOTHER_REASON = "the product refused a call for another reason: {}"
INVALID_CONTENT = "InvalidContent"  # ESA, of a list of items that it does not take


class Called(NamedTuple):
    """The answer to a refresh or preload. code: the product's error code, "" if it accepted the call.

    verdict: what the code means for the function.
    """

    code: str
    message: str = ""
    task_ids: tuple[str, ...] = ()
    verdict: Verdict | None = None

    @property
    def accepted(self) -> bool:
        """Whether the product accepted it: it named a task."""
        return not self.code

    def expect(self, sentence: str) -> None:
        """Check that the product accepted the call. sentence: of the error, with {} for code and message.

        :raises Unclear: the product refused it.
        """
        if not self.accepted:
            raise Unclear(sentence.format(f"{self.code}: {self.message}"))

    @property
    def takes(self) -> bool:
        """Whether the product takes such items.

        :raises Unclear: it refused the call for another reason, such as a quota, a right or a domain, or with an
            unknown code, which may have any reason.
        """
        if self.verdict not in ABOUT_ITEMS and not self.code.startswith(INVALID_CONTENT):
            self.expect(ANOTHER_REASON)
        return self.accepted


def called(submit: Callable[[], tuple[str, ...]]) -> Called:
    """The answer to a call that returns the ids of its tasks.

    :raises Unclear: no answer came.
    """
    try:
        return Called("", task_ids=submit())
    except CallRefused as error:
        if error.unanswered:
            raise Unclear(f"no answer of the product ({error.code}): run the probe again") from error
        return Called(error.code, error.message, verdict=error.verdict)
