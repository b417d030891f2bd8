"""An open question about the cloud: its texts, what it costs to try it, and the steps that try it."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes
from oss_cdn_refresh_cli.reporting.lines import Line
from oss_cdn_refresh_cli.shared.output import counted

ANY_PRODUCT = frozenset({"cdn", "dcdn", "esa"})
EXPENSIVE = 100  # items of the day's quota; the probe tries such a question only if --only names it
MINUTE = 60.0  # seconds
PUNCTUAL = MINUTE  # by which a step may be late, where its time tells the answer
EFFECT = 6 * MINUTE  # after which a refresh has reached every node: documents say 5 to 6 minutes
LATE = 15 * MINUTE  # a copy that is still old after this time has another cause than a slow refresh

Step = Callable[[Account, Notes], Answer | Later]
"""A step gets the notes of the step before; the first one gets none."""


def once_more(notes: Notes) -> Later | None:
    """The second look at copies that are still old, when they cannot be late; None where this is the second look."""
    return None if "again" in notes else Later(LATE - EFFECT, {**notes, "again": True})


class Text(NamedTuple):
    """A text of the page docs/unconfirmed.md in Markdown, in English and in Chinese."""

    en: str
    zh: str


class Cost(NamedTuple):
    """The part of the day's quota that a question uses, at most."""

    urls: int = 0
    directories: int = 0
    ignore_params: int = 0
    preloads: int = 0

    def __add__(self, other: "Cost") -> "Cost":  # type: ignore[override]
        """The sum of both."""
        return Cost(*(one + two for one, two in zip(self, other, strict=True)))

    @property
    def parts(self) -> list[str]:
        """Its parts for people, such as `4 URLs` and `1 directory`."""
        names = ("URL", "directory", "IgnoreParams item", "preload")
        return [counted(count, name) for count, name in zip(self, names, strict=True) if count]

    def figures(self) -> dict[str, int]:
        """The figures by their names for people."""
        return dict(zip(("URLs", "directories", "IgnoreParams", "preloads"), self, strict=True))


class Question(NamedTuple):
    """A question of docs/unconfirmed.md.

    name: the value for `--only`. assumption: the assumption of the project. otherwise: what follows if it is wrong.
    check: how a person finds the answer. These texts are cells of a table, so each has one line.
    steps: try the question on an account. from_lines: finds the answer in lines of the function's log.
    A question without steps and without from_lines can only be tried by hand.
    seconds: the sum of the waits between the steps, at most. products: the products that the steps can ask.
    is_timed: the time of the steps matters, so the answer is unclear if a step was late: the probe was interrupted, or
    the machine slept. reads_the_quota: the steps themselves check whether the day's quota suffices.
    needs_old_copies: the steps compare old copies at the edge with new ones, so nobody else may refresh them.
    """

    name: str
    question: Text
    assumption: Text
    otherwise: Text
    check: Text
    steps: tuple[Step, ...] = ()
    from_lines: Callable[[Iterable[Line]], Answer] | None = None
    cost: Cost = Cost()
    seconds: float = 0.0
    products: frozenset[str] = ANY_PRODUCT
    needs_old_copies: bool = False
    is_timed: bool = False
    reads_the_quota: bool = False

    @property
    def is_expensive(self) -> bool:
        """Whether the question uses so much of the day's quota that a person has to name it."""
        return max(self.cost) >= EXPENSIVE


class Section(NamedTuple):
    """Questions about one thing, in the order of the page; `name` is that of its folder."""

    name: str
    questions: tuple[Question, ...]
