"""Objects of buckets that the configuration does not know: mostly `a/b.html`, with the bucket forgotten.

Each would only be counted as ignored, and whoever named it believes that it was refreshed. So nothing is done.
"""

from collections.abc import Collection, Iterable, Sequence

from oss_cdn_refresh_cli.shared.errors import Failed
from oss_cdn_refresh_cli.shared.output import shortened

SHOWN = 3  # lines


def check_place(place: str, bucket: str, buckets: Collection[str]) -> None:
    """Whether the configuration knows the bucket of `oss://bucket/prefix`.

    :raises Failed: it does not.
    """
    if bucket not in buckets:
        raise Failed(f'{place}: "{bucket}" is no bucket of the configuration: name one of them: {_names(buckets)}')


def check_buckets(named: Iterable[str], file: str, buckets: Collection[str]) -> None:
    """The same for the buckets that objects of a list are in.

    :raises Failed: there is one that it does not know.
    """
    unknown = sorted(set(named).difference(buckets))
    if unknown:
        shown = ", ".join(f'"{shortened(name)}"' for name in unknown[:SHOWN])
        more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
        raise Failed(f"{file}: {shown}{more}: no bucket of the configuration: {_remedy(buckets)}")


def complaint(lines: Sequence[tuple[int, str]], count: int, file: str, buckets: Collection[str]) -> Failed:
    """The error for lines of a file, the first ones by their numbers of `count` in all."""
    numbers = ", ".join(str(number) for number, _ in lines)
    more = f" and {count - len(lines)} more" if count > len(lines) else ""
    place = f"line {numbers}" if count == 1 else f"lines {numbers}{more}"
    texts = ", ".join(f'"{shortened(text)}"' for _, text in lines)
    return Failed(f"{file}: {place}: {texts}: no bucket of the configuration: {_remedy(buckets, lines[0][1])}")


def _remedy(buckets: Collection[str], text: str = "KEY") -> str:
    example = f"{min(buckets)}/{shortened(text.removeprefix('oss://'))}"
    return f"write bucket/key, such as {example}; the buckets are {_names(buckets)}; nothing was done"


def _names(buckets: Collection[str]) -> str:
    return ", ".join(sorted(buckets))


def located(text: str) -> tuple[str, str]:
    """The bucket and the key of `bucket/key` or `oss://bucket/key`.

    :raises Failed: it names no object.
    """
    bucket, _, key = text.removeprefix("oss://").partition("/")
    if not bucket or not key:
        raise Failed(f'"{text}" names no object: write bucket/key or oss://bucket/key')
    return bucket, key
