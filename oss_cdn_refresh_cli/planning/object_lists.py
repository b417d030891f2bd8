"""Lists of objects, one `oss://bucket/key` a line, millions of them: read at once, and counted by their directories.

Everything here is done to many lines at once, as a step for each line in Python is what a million lines cost; they are
looked at one by one only where some of them are not in order. `ossutil ls -s oss://bucket` writes such a list, keys as
they are, and ends it with lines of its own: `Object Number is: 12`, an empty one, `0.172532(s) elapsed`. Facts: ossutil
1.7, lib/ls.go; its page "ls", whose examples have one space less. That 2.x writes the same is UNCONFIRMED. A key with a
newline can stand in no list.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from oss_cdn_refresh_cli.shared.errors import Failed
from oss_cdn_refresh_cli.shared.output import shortened

SCHEME = "oss://"
BLOCK = 1 << 20  # characters that are split at once: what is in work stays small

# "Bucket naming conventions"; some old buckets have a _
_object = re.compile(r"(?:oss://)?([a-z0-9][a-z0-9_-]*/.+)", re.DOTALL).fullmatch
_no_object = re.compile(r"\s*(?:Object Number is ?: ?\d+|[\d.]+ ?\(s\) elapsed)?\s*").fullmatch


def read(body: bytes, place: str) -> list[str]:
    """The objects of a list, each as `oss://bucket/key`; `place` is what complaints call it.

    Empty lines mean nothing, nor do those that ossutil adds.

    :raises Failed: a line names no object.
    """
    return list(chain.from_iterable(runs(body, place)))


def runs(body: bytes, place: str) -> Iterator[list[str]]:
    """The same, some thousand objects at a time."""
    number = 1
    for block in _blocks(_text(body, place)):
        lines = block.split("\n")
        yield lines if _in_order(block, lines) else list(_one_by_one(lines, place, number))
        number += len(lines)


def counts(parts: Iterable[Iterable[str]]) -> dict[str, dict[str, int]]:
    """How many objects of some lists lie directly in each directory, by bucket."""
    places: Counter[str] = Counter()
    for lines in parts:
        places.update([line[: line.rfind("/") + 1] for line in lines])
    buckets: dict[str, dict[str, int]] = {}
    for place, count in places.items():
        bucket, _, name = place[len(SCHEME) :].partition("/")
        buckets.setdefault(bucket, {})[name] = count
    return buckets


def _text(body: bytes, place: str) -> str:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = body.count(b"\n", 0, error.start) + 1
        raise Failed(f"{place}: line {number}: it is not UTF-8: save the file as UTF-8") from error
    return re.sub(r"\r+$", "", text, flags=re.MULTILINE) if "\r" in text else text


def _blocks(text: str) -> Iterator[str]:
    """Whole lines of it, some thousand at a time, without the last newline."""
    start = 0
    while start < len(text):
        end = len(text) if start + BLOCK >= len(text) else text.rfind("\n", start, start + BLOCK)
        end = end if end >= 0 else text.find("\n", start + BLOCK)
        end = end if end >= 0 else len(text)
        yield text[start:end]
        start = end + 1


def _in_order(block: str, lines: Sequence[str]) -> bool:
    """Whether each line is `oss://bucket/key`, all of one bucket; nothing is done for each line but to count it."""
    begin = lines[0][: lines[0].find("/", len(SCHEME)) + 1]
    alike = begin.startswith(SCHEME) and len(begin) > len(SCHEME) + 1 and block.count(f"\n{begin}") == len(lines) - 1
    return alike and f"{begin}\n" not in block and not block.endswith(begin)


def _one_by_one(lines: Iterable[str], place: str, first: int) -> Iterator[str]:
    for number, line in enumerate(lines, first):
        found = _object(line)
        if found:
            yield SCHEME + found[1]
        elif not _no_object(line):
            what = f'line {number}: "{shortened(line)}" names no object'
            raise Failed(f"{place}: {what}: write oss://bucket/key, one a line, as ossutil ls -s does")
