"""Decides which keys a glob matches. The whole product uses this dialect; see docs/configuration.md, "Globs".

`*` and `**` match any characters, also `/`. `**/` at the beginning or after a `/` also matches an empty text. `?`
matches one character; `{a,b}` matches `a` or `b`. Every other character, also `[`, matches itself. A glob with braces
or `**/` is a short form of several *patterns*, which have only `*` and `?`.

Matching takes linear time for every glob. Most patterns are a text, a beginning or an end, which Python compares in C.
One `Machine` matches the other patterns together: one step for each character of the key, for all patterns at once.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from itertools import product

ANYTHING = "*"
_BRACES = re.compile(r"\{([^{}]*)\}")
_DEPTHS = re.compile(r"(?:^|(?<=/))(?:\*\*/)+")  # any directories, or none
_NEEDLESS = re.compile(_DEPTHS.pattern + r"(?=\*)")  # a `**/` before a `*` that matches directories anyway
_STARS = re.compile(r"\*{2,}")

Matcher = Callable[[str], bool]  # returns whether a key matches


def count(glob: str, at_most: int) -> int:
    """The number of patterns of a glob. If it is above `at_most`, any number above `at_most`."""
    combinations = 1
    for braces in _BRACES.finditer(glob):
        combinations *= braces[1].count(",") + 1
    if combinations > at_most:
        return combinations
    return sum(1 << len(_DEPTHS.findall(_NEEDLESS.sub("", each))) for each in alternatives(glob))


def alternatives(glob: str) -> tuple[str, ...]:
    """A glob without its braces: each combination of their parts, in order. Braces are closed and not nested."""
    parts = _BRACES.split(glob)  # alternately: text, and the inside of braces
    choices = [part.split(",") if at % 2 else [part] for at, part in enumerate(parts)]
    return tuple(map("".join, product(*choices)))


def patterns(glob: str) -> tuple[str, ...]:
    """The patterns of a glob: it matches a key if one of its patterns does."""
    found: dict[str, None] = {}
    for alternative in alternatives(glob):
        texts = _DEPTHS.split(_NEEDLESS.sub("", alternative))
        for gaps in product(("", "*/"), repeat=len(texts) - 1):
            pattern = "".join(text + gap for text, gap in zip(texts, (*gaps, ""), strict=True))
            found[_STARS.sub(ANYTHING, pattern)] = None
    return tuple(found)


def is_simple(pattern: str) -> bool:
    """Whether a pattern has no `?` and at most one `*`: such a pattern needs no `Machine`."""
    return "?" not in pattern and pattern.count("*") <= 1


def can_match(pattern: str, prefix: str) -> bool:
    """Whether the pattern can match a key that begins with the prefix."""
    for wanted, given in zip(pattern, prefix, strict=False):
        if wanted == "*":
            return True
        if wanted not in ("?", given):
            return False
    return len(pattern) >= len(prefix)


def length(pattern: str) -> int:
    """The number of positions in a pattern: before, between and after its characters, without each `*`."""
    return len(pattern) - pattern.count("*") + 1


class Machine:
    """Matches many patterns at once, character by character: "Shift-And" by Baeza-Yates and Gonnet, with stars.

    Each position in each pattern has a bit. It is set if the characters of the key so far match the pattern up to this
    position. The result for the last key is kept, because several lists are compared with the same key.
    """

    def __init__(self) -> None:
        self.steps = 0  # positions in all patterns: the cost of one character of a key
        self._ends: dict[str, int] = {}  # the bit of the last position of each pattern
        self._last: tuple[str | None, int] = (None, 0)

    def add(self, pattern: str) -> int:
        """Add a pattern; returns its bit in the results of `matched`."""
        if pattern not in self._ends:
            self.steps += length(pattern)
            self._ends[pattern] = 1 << (self.steps - 1)
            self._last = (None, 0)
            vars(self).pop("_tables", None)
        return self._ends[pattern]

    def matched(self, key: str) -> int:
        """A number with the bits of the patterns that match. Other bits have no meaning."""
        last, bits = self._last
        if last != key:
            bits = self._run(key)
            self._last = (key, bits)
        return bits

    def _run(self, key: str) -> int:
        state, stars, anything, steps = self._tables
        step = steps.get
        for character in key:
            state = (state & stars) | ((state & step(character, anything)) << 1)
        return state

    @cached_property
    def _tables(self) -> tuple[int, int, int, dict[str, int]]:
        """The bits of the first positions, of positions at a `*`, of those at a `?`, and of those at each character."""
        begin = stars = anything = place = 0
        steps: dict[str, int] = {}
        for pattern in self._ends:
            begin |= 1 << place
            for character in pattern:
                if character == "*":
                    stars |= 1 << place
                    continue
                if character == "?":
                    anything |= 1 << place
                else:
                    steps[character] = steps.get(character, 0) | 1 << place
                place += 1
            place += 1
        return begin, stars, anything, {character: step | anything for character, step in steps.items()}


def matcher(globs: Iterable[str], machine: Machine | None = None) -> Matcher:
    """A function that returns whether one of the globs matches a key. Patterns that are not simple go to `machine`."""
    shared = machine or Machine()
    found = dict.fromkeys(pattern for glob in globs for pattern in patterns(glob))
    if ANYTHING in found:
        return lambda _key: True
    tests = list(_simple_tests([pattern for pattern in found if is_simple(pattern)]))
    bits = 0
    for pattern in found:
        if not is_simple(pattern):
            bits |= shared.add(pattern)
    if bits:
        tests.append(lambda key: shared.matched(key) & bits != 0)
    if len(tests) == 1:
        return tests[0]

    def matches(key: str) -> bool:
        for test in tests:  # noqa: SIM110 - twice as fast as any()
            if test(key):
                return True
        return False

    return matches


def _simple_tests(simple: Sequence[str]) -> Iterable[Matcher]:
    """Tests for whole texts, for beginnings, for ends, and for a beginning with an end."""
    texts = frozenset(pattern for pattern in simple if "*" not in pattern)
    ends_of: dict[str, list[str]] = {}
    for pattern in simple:
        beginning, star, end = pattern.partition("*")
        if star:
            ends_of.setdefault(beginning, []).append(end)
    beginnings = tuple(beginning for beginning, ends in ends_of.items() if "" in ends)
    ends = tuple(ends_of.pop("", ()))
    both = tuple((beginning, tuple(ends)) for beginning, ends in ends_of.items() if "" not in ends)
    if texts:
        yield texts.__contains__
    if beginnings:
        yield lambda key: key.startswith(beginnings)
    if ends:
        yield lambda key: key.endswith(ends)
    if both:
        yield lambda key: any(key.startswith(one) and key.endswith(others, len(one)) for one, others in both)


def first(globs: Sequence[str]) -> Callable[[Iterable[str]], int]:
    """A function that gives the index of the first glob that matches one of some keys; `len(globs)` if none does."""
    machine = Machine()
    some = matcher(globs, machine)
    one_by_one = [matcher((glob,), machine) for glob in globs]

    def place_of(key: str) -> int:
        return next(at for at, matches in enumerate(one_by_one) if matches(key))

    return lambda keys: min(map(place_of, filter(some, keys)), default=len(globs))
