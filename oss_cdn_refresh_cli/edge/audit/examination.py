"""Examines one object: requests its URLs, compares them, and repeats a request before a URL is called stale.

An object that changes while an audit runs would look stale. So a URL that looks stale is compared with the current
object of OSS, and an object that is younger than the grace by then is passed over.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

from oss_cdn_refresh.mapping.from_url import fault
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh_cli.clients.listing import Stored
from oss_cdn_refresh_cli.edge.audit.answers import Seen
from oss_cdn_refresh_cli.edge.audit.edge import Edge, How, NotAsked
from oss_cdn_refresh_cli.edge.audit.progress import Entry, Found
from oss_cdn_refresh_cli.edge.audit.targets import Target, Targets
from oss_cdn_refresh_cli.edge.audit.verdicts import SERVED, Finding, Verdict, judge

UNASSIGNED = "oss-cdn-refresh-audit-of-what-is-not-there"  # a key without an object
PASSED_OVER = "passed_over"
CHECKED = "checked"
LEFT_OUT = "left_out"


class Examined(NamedTuple):
    """The result for an object: the URLs that are not fresh, the counts, and the time of a recent change."""

    found: tuple[Found, ...]
    counted: Counter[str]
    changed_at: float = 0.0


class Changing(Exception):
    """The object is younger than the grace (`changed_at`), or was deleted or created since it was listed (0)."""

    def __init__(self, changed_at: float = 0.0) -> None:
        super().__init__()
        self.changed_at = changed_at


class Examination:
    """Examines objects, one after the other.

    lookup: the current object of OSS, or None.
    grace: seconds since its last change in which an object is passed over.
    """

    def __init__(
        self,
        edge: Edge,
        lookup: Callable[[str, str], Stored | None],
        config: Config,
        effects: Effects,
        grace: float,
    ) -> None:
        self._edge = edge
        self._lookup = lookup
        self._targets = Targets(config)
        self._domains = config.domains
        self._effects = effects
        self._grace = grace
        self._pages_of_nothing: dict[str, Seen | NotAsked] = {}

    def obstacle(self, entry: Entry) -> str:
        """Why an object is not examined, without any request; "" if it is examined."""
        ignored = self._targets.ignored(entry.bucket, entry.key)
        if ignored:
            return ignored
        return PASSED_OVER if entry.stored and self._young(entry.stored) else ""

    def examine(self, entry: Entry) -> Examined:
        """Request and compare each URL of an object without an obstacle.

        :raises Failed: OSS gives no information about the object.
        """
        targets, left_out = self._targets.of(entry.bucket, entry.key)
        try:
            verdicts = self.verdicts(entry, targets)
        except Changing as changing:
            return Examined((), Counter({PASSED_OVER: 1}), changing.changed_at)
        found = tuple(
            Found(target.item, verdict.finding, verdict.why)
            for target, verdict in zip(targets, verdicts, strict=True)
            if verdict.finding is not Finding.FRESH
        )
        checked = sum(verdict.finding is not Finding.UNREACHABLE for verdict in verdicts)
        return Examined(found, Counter({CHECKED: checked, LEFT_OUT: left_out}))

    def verdicts(self, entry: Entry, targets: tuple[Target, ...]) -> list[Verdict]:
        """Request and compare some URLs of an object; a verdict for each.

        :raises Changing: the object changes meanwhile. `Failed` if OSS gives no information about it.
        """
        stored = entry.stored
        if stored is None or stored.link:
            stored = self._lookup(entry.bucket, entry.key)
        return list(self._verdicts(targets, entry, self._settled(stored)))

    def _verdicts(self, targets: tuple[Target, ...], entry: Entry, stored: Stored | None) -> Iterator[Verdict]:
        for target in targets:
            wrong = fault(target.item, self._domains)
            verdict = Verdict(Finding.UNREACHABLE, wrong) if wrong else self._compare(target, stored, How.HEAD)
            if verdict.finding is Finding.STALE:
                stored = self._now(entry, stored)
                verdict = self._compare(target, stored, How.ONE_BYTE)
                if verdict.finding is Finding.STALE and stored is None and self._stands_in(target):
                    verdict = Verdict(Finding.FRESH)
            yield verdict

    def _compare(self, target: Target, stored: Stored | None, how: How) -> Verdict:
        seen = self._edge.ask(target.url, how)
        return Verdict(Finding.UNREACHABLE, seen.why) if isinstance(seen, NotAsked) else judge(target, stored, seen)

    def _now(self, entry: Entry, before: Stored | None) -> Stored | None:
        """The current object of OSS."""
        stored = self._lookup(entry.bucket, entry.key)
        if (stored is None) != (before is None):
            raise Changing
        return self._settled(stored)

    def _settled(self, stored: Stored | None) -> Stored | None:
        if stored and self._young(stored):
            raise Changing(stored.modified)
        return stored

    def _young(self, stored: Stored) -> bool:
        return self._effects.now() - stored.modified < self._grace

    def _stands_in(self, target: Target) -> bool:
        """Whether the answer is the error page with status 200 that the site serves for any missing object."""
        if target.root not in self._pages_of_nothing:
            self._pages_of_nothing[target.root] = self._edge.ask(target.root + UNASSIGNED, How.ONE_BYTE)
        page, seen = self._pages_of_nothing[target.root], self._edge.ask(target.url, How.ONE_BYTE)
        return isinstance(page, Seen) and isinstance(seen, Seen) and page.status in SERVED and page == seen
