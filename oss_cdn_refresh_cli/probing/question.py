"""An open question about the cloud: its texts, what it costs to try it, and the steps that try it."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes
from oss_cdn_refresh_cli.reporting.lines import Line

ANY_PRODUCT = frozenset({"cdn", "dcdn", "esa"})
DEAR = 100  # URLs or directories of the day's quota, from which on a question is tried only by its name
MINUTE = 60.0  # seconds
PUNCTUAL = MINUTE  # by which a step may be late, where its time tells the answer
EFFECT = 6 * MINUTE  # after which a refresh has reached every node: documents say 5 to 6 minutes
LATE = 15 * MINUTE  # after which a copy that is still old has another reason than a slow refresh

Step = Callable[[Account, Notes], Answer | Later]
"""A step gets the notes of the step before; the first one gets none."""


class Text(NamedTuple):
    """A text of the page docs/unconfirmed.md in Markdown, in English and in Chinese."""

    en: str
    zh: str


class Cost(NamedTuple):
    """What a question takes of the day's quota, at most."""

    urls: int = 0
    directories: int = 0
    ignore_params: int = 0
    preloads: int = 0

    def __add__(self, other: "Cost") -> "Cost":  # type: ignore[override]
        """The sum of both."""
        return Cost(*(one + two for one, two in zip(self, other, strict=True)))

    def figures(self) -> dict[str, int]:
        """The figures by their names for people."""
        return dict(zip(("URLs", "directories", "IgnoreParams", "preloads"), self, strict=True))


class Question(NamedTuple):
    """A question of docs/unconfirmed.md.

    name: as `--only` takes it. assumption: what the project assumes. otherwise: what happens if it is wrong.
    check: how a person finds out. The texts are cells of a table: one line each.
    steps: try it on an account, below a folder of its own. from_lines: tells it from lines of the function's log.
    A question with neither is tried by hand only.
    seconds: the waits between the steps, at most. is_timed: when the steps are taken tells the answer, so that it is
    unclear where one was late: the probe was interrupted, or the machine slept. reads_the_quota: it sees by itself
    whether the day's quota suffices, or is tried where little is left. products: those that the steps can ask.
    needs_old_copies: the answer compares old copies at the edge with new ones, so no one else may refresh them.
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
    def is_dear(self) -> bool:
        """Whether it takes so much of the day's quota that a person has to name it."""
        return max(self.cost) >= DEAR


class Section(NamedTuple):
    """Questions about one thing, in the order of the page; `name` is that of its folder."""

    name: str
    questions: tuple[Question, ...]
