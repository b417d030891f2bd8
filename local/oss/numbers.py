"""Numbers that clients write: ASCII digits, and no more of them than a count can have."""

import re

WHOLE = re.compile(r"[0-9]{1,15}")
RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


def whole(text: str) -> int | None:
    """The number, or None if it is none."""
    return int(text) if WHOLE.fullmatch(text) else None


def span(header: str, size: int) -> tuple[int, int] | None:
    """Where a range of an object of this size begins and ends (exclusive), or None if the header is no such range.

    "bytes=0-9", "bytes=100-" to the end, "bytes=-100" for the last 100.
    """
    match = RANGE.fullmatch(header)
    if match is None or not any(match.groups()):
        return None
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    return (start, end) if start < end else None
