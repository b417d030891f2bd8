"""The control: a changed object that the probe never refreshes. Its old copy must stay.

If it becomes fresh by itself, something else refreshes below the prefix, or copies expire early: then no answer that
compares copies means anything.
"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Kind, Unclear
from oss_cdn_refresh_cli.probing.question import Question

NAME = "control"
OBJECT = "control.txt"
OLD, NEW = "old", "new"
WHY = (
    "the copy of an object that nobody refreshed became new as well: turn OSS's own switch off, give the prefix a "
    "cache rule of a day, and run the probe again"
)


def begin(account: Account) -> str:
    """Let the edge cache the old copy, and change the object; returns why the edge keeps no old copies, or ""."""
    try:
        account.replace(OBJECT, OLD, NEW, [account.url(OBJECT)])
    except Unclear as why:
        return str(why)
    return ""


def look(account: Account) -> str:
    """See the control; returns why answers that compare copies mean nothing, or ""."""
    try:
        return WHY if account.is_new(account.url(OBJECT), OLD, NEW) else ""
    except Unclear as why:
        return f"nothing shows whether old copies stay: {why}"


def judged(question: Question, answer: Answer, why: str) -> Answer:
    """The answer; `unclear` if it compares copies, and the control says why that means nothing."""
    decided = answer.kind in {Kind.AS_ASSUMED, Kind.OTHERWISE}
    return Answer(Kind.UNCLEAR, why) if question.needs_old_copies and decided and why else answer
