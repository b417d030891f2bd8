"""Polls the edge until everything is fresh, or the time is over.

The first poll asks for all URLs, each later one only for those that are not fresh yet. A poll compares as an audit
does. Before each later comparison OSS is asked for the object, which may have changed meanwhile.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from math import inf
from typing import NamedTuple

from oss_cdn_refresh.mapping.from_url import fault
from oss_cdn_refresh.model.item import ItemName
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh_cli.clients import listing
from oss_cdn_refresh_cli.edge.audit.edge import RATE, Address, Edge, RequestRate
from oss_cdn_refresh_cli.edge.audit.examination import LEFT_OUT, Changing, Examination
from oss_cdn_refresh_cli.edge.audit.progress import Entry, Found
from oss_cdn_refresh_cli.edge.audit.targets import Target, Targets
from oss_cdn_refresh_cli.edge.audit.verdicts import Finding, Verdict
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared.errors import Failed
from oss_cdn_refresh_cli.shared.status import State, status
from oss_cdn_refresh_cli.shared.times import duration

NAMED = 3  # URLs that it still waits for, in the state that is shown
NO_GRACE = -inf  # seconds: also an object that is younger than now, by OSS's clock, is compared
NO_OBJECT_BEHIND = "no object that it can be compared with is behind it"
CHANGED = Verdict(Finding.UNREACHABLE, "the object changed while it was looked at")
NOT_ASKED = Verdict(Finding.UNREACHABLE, "interrupted before it was compared")
LISTED_ON = 5  # seconds in which an interrupted wait still lists the URLs that it has not asked for
INTERRUPTED = "interrupted before everything was fresh: run it again to wait longer"


class Terms(NamedTuple):
    """How long to wait and how often to poll, in seconds; the address and the headers of requests to the edge."""

    within: float
    every: float
    connect_to: Address | None
    added: Mapping[str, str]


class Waited(NamedTuple):
    """The result. fresh: the number of URLs. found: the URLs that are not fresh. seconds: how long it took.

    counts: ignored objects by reason, and items left out. stopped: why it ended early, or "".
    """

    fresh: int
    found: tuple[Found, ...]
    seconds: float
    counts: Counter[str]
    stopped: str


class Pending(NamedTuple):
    """The URLs of an object that are not fresh yet, with their latest verdicts."""

    entry: Entry
    targets: tuple[Target, ...]
    verdicts: tuple[Verdict, ...]


class Named(NamedTuple):
    """An accepted URL that a person named, and that no change refreshes.

    objects: the objects that it may show, the likeliest first, each with the target that compares the URL with it.
    """

    item: ItemName
    objects: tuple[tuple[Entry, Target], ...]


Asked = tuple[Entry, tuple[Target, ...]]  # an object, and those of its URLs that are asked for


class Wait:
    """Waits for objects; for one use.

    only: the items to wait for; None: all of the objects.
    """

    def __init__(
        self, operation: Operation, config: Config, terms: Terms, only: Collection[ItemName] | None = None
    ) -> None:
        self._operation = operation
        self._effects = operation.effects
        self._config = config
        self._terms = terms
        self._only = only
        self._targets = Targets(config)
        self._lookup = listing.Lookup(operation)
        self._pace = RequestRate(operation.effects, RATE)
        self._began = self._effects.monotonic()
        self._fresh = 0
        self._pending: dict[tuple[str, str, ItemName], Pending] = {}
        self._hopeless: list[Found] = []
        self._counts: Counter[str] = Counter()
        self._all_asked = False
        self._asking: Asked | None = None  # without a verdict so far
        self._interrupted = False

    def until_fresh(self, entries: Iterable[Entry], named: Iterable[Named] = ()) -> Waited:
        """Poll until all URLs of the objects, and the named ones, are fresh.

        The last poll begins when the time is over.
        """
        asked = self._all(iter(entries), iter(named))
        stopped, shown, begins = "", 0, self._began
        now = self._effects.monotonic
        with status(self._state, in_place=not self._operation.output.json) as changed:
            try:
                stopped = self._poll(asked)
                while self._pending and self._all_asked:
                    if shown != (shown := self._left):
                        changed()
                    if max(begins, now()) >= self._deadline:
                        break
                    begins = min(max(begins + self._terms.every, now()), self._deadline)
                    self._effects.sleep(max(0.0, begins - now()))
                    stopped = self._poll(self._again())
            except KeyboardInterrupt:
                stopped = INTERRUPTED
                with suppress(KeyboardInterrupt, Failed):  # a second Ctrl-C ends the command at once
                    self._note_the_rest(asked)
        return Waited(self._fresh, tuple(self._found()), now() - self._began, self._counts, stopped)

    def _poll(self, asked: Iterable[Asked]) -> str:
        """Ask for some URLs; returns why that ended early, or "". After the first poll, the next one may succeed."""
        terms, seconds = self._terms, self._operation.settings.seconds
        # A new connection each time: domains that gave no answer in the poll before are asked again.
        edge = Edge(
            self._effects,
            self._pace,
            seconds=seconds,
            connect_to=terms.connect_to,
            added=terms.added,
            until=self._deadline,
        )
        with edge:
            examination = Examination(edge, self._lookup, self._config, self._effects, NO_GRACE)
            try:
                for entry, targets in asked:
                    self._ask(examination, entry, targets)
            except Failed as error:
                return str(error)
        return ""

    def _note_the_rest(self, asked: Iterator[Asked]) -> None:
        """Count the URLs as not compared that the first poll has not asked for."""
        until = self._effects.monotonic() + LISTED_ON
        self._interrupted = True
        if self._asking:
            self._note(*self._asking, [NOT_ASKED] * len(self._asking[1]))
        for entry, targets in asked:
            self._note(entry, targets, [NOT_ASKED] * len(targets))
            if self._effects.monotonic() > until:
                break

    def _all(self, entries: Iterator[Entry], named: Iterator[Named]) -> Iterator[Asked]:
        """All URLs of the objects, each object once, and the named URLs."""
        seen: set[tuple[str, str]] = set()
        for entry in entries:
            place = entry.bucket, entry.key
            ignored = self._targets.ignored(*place)
            if ignored:
                self._counts[ignored] += 1
            elif place not in seen:
                seen.add(place)
                yield entry, self._wanted(entry)
        for each in named:
            try:
                shown = None if self._interrupted else self._shown(each)
            except KeyboardInterrupt:  # it ends this iterator
                self._hopeless += [Found(left.item, *NOT_ASKED) for left in (each, *named)]
                raise
            if self._interrupted:
                self._hopeless.append(Found(each.item, *NOT_ASKED))
            elif shown:
                yield shown[0], (shown[1],)
            else:
                self._hopeless.append(Found(each.item, Finding.UNREACHABLE, NO_OBJECT_BEHIND))
        self._all_asked = True

    def _shown(self, named: Named) -> tuple[Entry, Target] | None:
        """The likeliest object of a named URL that exists."""
        return next((pair for pair in named.objects if self._lookup(pair[0].bucket, pair[0].key)), None)

    def _again(self) -> Iterator[Asked]:
        """The URLs that are not fresh yet."""
        for pending in list(self._pending.values()):
            yield pending.entry, pending.targets

    def _wanted(self, entry: Entry) -> tuple[Target, ...]:
        """The URLs of an object to wait for; one that the CDN refuses is reported without a request."""
        targets, left_out = self._targets.of(entry.bucket, entry.key)
        self._counts[LEFT_OUT] += left_out
        wanted = [target for target in targets if self._only is None or target.item in self._only]
        faults = {target: fault(target.item, self._config.domains) for target in wanted}
        self._hopeless += [Found(target.item, Finding.UNREACHABLE, why) for target, why in faults.items() if why]
        return tuple(target for target, why in faults.items() if not why)

    def _ask(self, examination: Examination, entry: Entry, targets: tuple[Target, ...]) -> None:
        if not targets:
            return
        self._asking = None if (entry.bucket, entry.key, targets[0].item) in self._pending else (entry, targets)
        try:
            verdicts = examination.verdicts(entry, targets)
        except Changing:
            verdicts = [CHANGED] * len(targets)
        self._asking = None
        self._note(entry, targets, verdicts)

    def _note(self, entry: Entry, targets: tuple[Target, ...], verdicts: Sequence[Verdict]) -> None:
        if not targets:
            return
        pairs = [pair for pair in zip(targets, verdicts, strict=True) if pair[1].finding is not Finding.FRESH]
        self._fresh += len(targets) - len(pairs)
        self._pending.pop((entry.bucket, entry.key, targets[0].item), None)
        if pairs:
            left, why = zip(*pairs, strict=True)
            self._pending[entry.bucket, entry.key, left[0].item] = Pending(entry._replace(stored=None), left, why)

    @property
    def _deadline(self) -> float:
        return self._began + self._terms.within

    @property
    def _left(self) -> int:
        return sum(len(pending.targets) for pending in list(self._pending.values()))

    def _found(self) -> Iterator[Found]:
        for pending in list(self._pending.values()):
            for target, verdict in zip(pending.targets, pending.verdicts, strict=True):
                yield Found(target.item, verdict.finding, verdict.why)
        yield from self._hopeless

    def _state(self) -> State:
        """What it still waits for."""
        left = self._left
        asked = self._fresh + left
        if not self._all_asked:
            return State(f"Asked for {asked:,} URLs, {left:,} not fresh yet")
        rest = duration(self._deadline - self._effects.monotonic())
        urls = [found.item.url for found in islice(self._found(), NAMED)]
        return State(f"Waiting for {left:,} of {asked:,} URLs, {rest} left", urls, left)
