"""Reads lists of objects, one `bucket/key` or `oss://bucket/key` a line: files of `--keys`, and listings of ossutil.

`ossutil ls -s oss://bucket` writes keys unchanged and ends with lines of its own, which are skipped: `Object Number is:
12`, an empty line, `0.172532(s) elapsed`. Facts: ossutil 1.7, lib/ls.go; its page "ls", whose examples have one space
less. That 2.x writes the same is UNCONFIRMED. No list can hold a key with a newline.

A plan reads millions of lines, and one step of Python for each line would dominate its time. So `runs` handles a block
of lines at once, and looks at single lines only in a block with an unusual line.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain

from oss_cdn_refresh_cli.operation import places
from oss_cdn_refresh_cli.shared.errors import Failed
from oss_cdn_refresh_cli.shared.output import shortened

SCHEME = "oss://"
BLOCK = 1 << 20  # characters that are split at once, to bound the memory

# "Bucket naming conventions"; some old buckets have a _
_object = re.compile(r"(?:oss://)?([a-z0-9][a-z0-9_-]*/.+)", re.DOTALL).fullmatch
_no_object = re.compile(r"\s*(?:Object Number is ?: ?\d+|[\d.]+ ?\(s\) elapsed)?\s*").fullmatch


def read(body: bytes, place: str) -> list[str]:
    """The objects of a list, each as `oss://bucket/key`; `place` names the list in errors.

    :raises Failed: a line names no object.
    """
    return list(chain.from_iterable(runs(body, place)))


def runs(body: bytes, place: str) -> Iterator[list[str]]:
    """The objects of a list as `read` returns them, in blocks of some thousand."""
    number = 1
    for block in _blocks(_text(body, place)):
        lines = block.split("\n")
        yield lines if _in_order(block, lines) else [found for _, found in _one_by_one(lines, place, number)]
        number += len(lines)


def of_buckets(lines: Iterable[bytes], file: str, buckets: Collection[str]) -> Iterator[tuple[str, str]]:
    """The bucket and the key of each line of a list, read line by line, so that a pipe needs no memory.

    :raises Failed: a line names no object, or an object in a bucket that is not in `buckets`.
    """
    unknown: list[tuple[int, str]] = []
    count = 0
    texts = (_text(line, file, number).removesuffix("\n") for number, line in enumerate(lines, 1))
    for number, found in _one_by_one(texts, file, 1):
        bucket, _, key = found.removeprefix(SCHEME).partition("/")
        if bucket not in buckets:  # one error names all such lines, so the rest of the file is read for them
            count += 1
            unknown += [(number, found.removeprefix(SCHEME))][: places.SHOWN - len(unknown)]
        elif not count:
            yield bucket, key
    if count:
        raise places.unknown_buckets(unknown, count, file, buckets)


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


def _text(body: bytes, place: str, first: int = 1) -> str:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = body.count(b"\n", 0, error.start) + first
        raise Failed(f"{place}: line {number}: it is not UTF-8: save the file as UTF-8") from error
    return re.sub(r"\r+$", "", text, flags=re.MULTILINE) if "\r" in text else text


def _blocks(text: str) -> Iterator[str]:
    """The text in blocks of whole lines, each without its last newline."""
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


def _one_by_one(lines: Iterable[str], place: str, first: int) -> Iterator[tuple[int, str]]:
    """The objects of single lines, each with the number of its line."""
    for number, line in enumerate(lines, first):
        found = _object(line)
        if found:
            yield number, SCHEME + found[1]
        elif not _no_object(line):
            what = f'line {number}: "{shortened(line)}" names no object'
            raise Failed(f"{place}: {what}: write oss://bucket/key, one a line, as ossutil ls -s does")
