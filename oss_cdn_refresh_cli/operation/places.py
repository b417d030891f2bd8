"""Reads `oss://bucket/prefix` and `bucket/key`, and refuses buckets that the configuration does not name.

Such a bucket is mostly the first directory of a key without its bucket, such as `a/b.html`. The command would only
count the object as ignored, and the operator would believe that it was refreshed.
"""

from collections.abc import Collection, Iterable, Sequence

from oss_cdn_refresh_cli.shared.errors import Failed
from oss_cdn_refresh_cli.shared.output import shortened

SHOWN = 3  # lines


def parts_of(place: str) -> tuple[str, str]:
    """The bucket and the prefix of `oss://bucket/prefix`.

    :raises Failed: it is no such place.
    """
    bucket_name, _, prefix = place.removeprefix("oss://").partition("/")
    if not place.startswith("oss://") or not bucket_name:
        raise Failed(f'"{place}" is no place in OSS: write oss://bucket/prefix')
    return bucket_name, prefix


def check_places(places: Iterable[str], buckets: Collection[str]) -> None:
    """Check that the configuration names the bucket of each `oss://bucket/prefix`.

    :raises Failed: the configuration does not name one of them.
    """
    for place in places:
        bucket, _ = parts_of(place)
        if bucket not in buckets:
            raise Failed(f'{place}: "{bucket}" is no bucket of the configuration: name one of them: {_names(buckets)}')


def unknown_buckets(lines: Sequence[tuple[int, str]], count: int, file: str, buckets: Collection[str]) -> Failed:
    """The error for lines of a file whose buckets the configuration does not name: the first of `count` lines."""
    numbers = ", ".join(str(number) for number, _ in lines)
    more = f" and {count - len(lines)} more" if count > len(lines) else ""
    place = f"line {numbers}" if count == 1 else f"lines {numbers}{more}"
    texts = ", ".join(f'"{shortened(text)}"' for _, text in lines)
    return Failed(f"{file}: {place}: {texts}: no bucket of the configuration: {_remedy(buckets, lines[0][1])}")


def _remedy(buckets: Collection[str], text: str) -> str:
    example = f"{min(buckets)}/{shortened(text)}"
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
