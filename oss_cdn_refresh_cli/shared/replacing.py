"""Writing a file as a whole: who reads it meanwhile sees the old one or the new one, and never a part."""

import os
from pathlib import Path

from oss_cdn_refresh_cli.shared.errors import Failed


def check(file: Path) -> None:
    """Complain before the work is done about a place where no file can be written.

    :raises Failed: its directory does not exist or may not be written to, or it is a directory itself.
    """
    folder = file.resolve().parent
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        raise Failed(f"{file}: no file can be written to {folder}: name a directory that exists and may be written to")
    if file.is_dir():
        raise Failed(f"{file}: it is a directory: name a file")


def replace(file: Path, body: bytes) -> None:
    """Put a file there, in the stead of the one that is; a link stays one.

    :raises Failed: it cannot be written; what was there is there still.
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
