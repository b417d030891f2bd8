"""Refuses objects in buckets that the configuration does not name: mostly keys such as `a/b.html` without the bucket.

Such an object would only be counted as ignored, and the operator would think that it was refreshed.
"""

from collections.abc import Collection, Iterable, Sequence

from oss_cdn_refresh_cli.shared.errors import Failed
from oss_cdn_refresh_cli.shared.output import shortened

SHOWN = 3  # lines


def check_place(place: str, bucket: str, buckets: Collection[str]) -> None:
    """Check that the configuration names the bucket of `oss://bucket/prefix`.

    :raises Failed: it does not.
    """
    if bucket not in buckets:
        raise Failed(f'{place}: "{bucket}" is no bucket of the configuration: name one of them: {_names(buckets)}')


def check_buckets(named: Iterable[str], file: str, buckets: Collection[str]) -> None:
    """Check that the configuration names all buckets of a list of objects.

    :raises Failed: it does not name one of them.
    """
    unknown = sorted(set(named).difference(buckets))
    if unknown:
        shown = ", ".join(f'"{shortened(name)}"' for name in unknown[:SHOWN])
        more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
        raise Failed(f"{file}: {shown}{more}: no bucket of the configuration: {_remedy(buckets)}")


def complaint(lines: Sequence[tuple[int, str]], count: int, file: str, buckets: Collection[str]) -> Failed:
    """The error for wrong lines of a file: the first ones with their numbers, of `count` in all."""
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
