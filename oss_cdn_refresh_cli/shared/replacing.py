"""Replaces a file as a whole: a reader sees the old file or the new one, and never a part.

A pipe or a character device such as /dev/stdout is no file to replace: it is opened and written to.
"""

import os
import stat
from pathlib import Path

from oss_cdn_refresh_cli.shared.errors import Failed

STREAMS = ("/dev/", "/proc/")  # here even a regular file is another name of an open stream, such as /dev/stdout
STANDARD = (1, 2)  # stdout and stderr


def check(file: Path) -> None:
    """Check that a file can be written, before a long computation of its content.

    :raises Failed: its directory is missing or not writable, or the path is a directory or a device that is not
        written to.
    """
    if file.is_dir():
        raise Failed(f"{file}: it is a directory: name a file")
    if _is_special(file):
        mode = file.stat().st_mode
        if stat.S_ISBLK(mode) or stat.S_ISSOCK(mode) or not os.access(file, os.W_OK):
            raise Failed(f"{file}: it is no file, and it cannot be written to: name a file")
        return
    folder = file.resolve().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise Failed(f"{file}: no file can be written to {folder}: name a directory that exists and may be written to")


def replace(file: Path, body: bytes) -> None:
    """Replace a file, or create it; a symbolic link stays a link. A pipe or a device is written to.

    :raises Failed: the file cannot be written; the old file is unchanged.
    """
    try:
        if _is_special(file):
            _write(file, body)
        else:
            _replace(file.resolve(), body)
    except OSError as error:
        raise Failed(f"{file}: {error.strerror or error}: see that it may be written and there is room") from error


def _is_special(file: Path) -> bool:
    """Whether something is there that must not be replaced: no regular file, or another name of an open stream."""
    return file.exists() and (not file.is_file() or str(file.absolute()).startswith(STREAMS))


def _write(file: Path, body: bytes) -> None:
    there = file.stat()
    for descriptor in STANDARD:
        # stdout that is a regular file: opened anew, it would be written from its beginning
        if stat.S_ISREG(there.st_mode) and os.path.samestat(there, os.fstat(descriptor)):
            with os.fdopen(os.dup(descriptor), "wb") as stream:
                stream.write(body)
            return
    with os.fdopen(os.open(file, os.O_WRONLY), "wb") as stream:  # not created if it is gone by now
        stream.write(body)


def _replace(place: Path, body: bytes) -> None:
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        with beside.open("wb") as stream:
            stream.write(body)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
