"""Replaces a file as a whole: a reader sees the old file or the new one, and never a part."""

import os
from pathlib import Path

from oss_cdn_refresh_cli.shared.errors import Failed


def check(file: Path) -> None:
    """Check that a file can be written, before a long computation of its content.

    :raises Failed: its directory is missing or not writable, or the path is a directory itself.
    """
    folder = file.resolve().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise Failed(f"{file}: no file can be written to {folder}: name a directory that exists and may be written to")
    if file.is_dir():
        raise Failed(f"{file}: it is a directory: name a file")


def replace(file: Path, body: bytes) -> None:
    """Replace a file, or create it; a symbolic link stays a link.

    :raises Failed: the file cannot be written; the old file is unchanged.
    """
    place = file.resolve()
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        with beside.open("wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(place)
    except OSError as error:
        raise Failed(f"{file}: {error.strerror or error}: see that it may be written and there is room") from error
    finally:
        beside.unlink(missing_ok=True)
