"""Lists of objects, one `oss://bucket/key` a line, millions of them: read at once, and counted by their directories.

Everything here is done to whole lists, as a step for each line in Python is what a million lines cost.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from pathlib import Path

from ops.errors import Failed

SCHEME = "oss://"
SLASHES = 3  # of a line, at least


def read(file: Path) -> list[str]:
    """The lines of a file, each as `oss://bucket/key`; empty ones mean nothing.

    :raises Failed: it cannot be read, or a line names no object.
    """
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Failed(f"{file}: {error.strerror}: name a file that can be read") from error
    except UnicodeDecodeError as error:
        raise Failed(f"{file}: it is not UTF-8: save the file as UTF-8") from error
    return named(text, str(file))


def named(text: str, place: str) -> list[str]:
    """The objects of a text; `place` is what complaints call it.

    :raises Failed: a line names no object.
    """
    lines = text.split("\n")
    if "\r" in text:
        lines = [line.removesuffix("\r") for line in lines]
    if "" in lines:
        lines = [line for line in lines if line]
    if text.startswith(SCHEME) + text.count(f"\n{SCHEME}") != len(lines):
        lines = [line if line.startswith(SCHEME) else SCHEME + line for line in lines]
    short = [line for line in lines if line.count("/") < SLASHES or line[-1] == "/"]  # few: the rest is in order
    for line in short:
        bucket, _, key = line[len(SCHEME) :].partition("/")
        if not bucket or not key:
            raise Failed(f'{place}: "{line}" names no object: write oss://bucket/key, one a line')
    return lines


def by_directory(lines: Iterable[str]) -> dict[str, list[str]]:
    """The names of objects, by `oss://bucket/directory/`."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in lines:
        end = line.rfind("/") + 1
        found[line[:end]].append(line[end:])
    return found


def counts(lines: Collection[str]) -> dict[str, dict[str, int]]:
    """How many objects lie directly in each directory, by bucket."""
    buckets: dict[str, dict[str, int]] = {}
    for place, count in Counter([line[: line.rfind("/") + 1] for line in lines]).items():
        bucket, _, name = place[len(SCHEME) :].partition("/")
        buckets.setdefault(bucket, {})[name] = count
    return buckets
