"""Prepares stdout and stderr, which may have any encoding, be full or be closed."""

import io
import os
import shutil
import sys
from io import TextIOWrapper
from typing import TextIO

from oss_cdn_refresh_cli.shared.errors import Failed


def prepare() -> None:
    """Write characters that the encoding does not have as escapes.

    :raises Failed: stdout is closed, so no result of the command could be shown.
    """
    if sys.stderr is None:
        sys.stderr = _nowhere()
    if sys.stdout is None:
        sys.stdout = _nowhere()
        raise Failed("stdout is closed: redirect it, to /dev/null if you do not need the output")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def terminal_width(stream: TextIO) -> int | None:
    """How many columns the terminal has that a stream is written to (COLUMNS wins); None for a file or a pipe."""
    return shutil.get_terminal_size().columns if stream.isatty() else None


def release() -> None:
    """Close stdout for its reader while the process goes on: `$(… &)` of a shell waits for the end of the output."""
    sys.stdout.flush()
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123 - a descriptor is needed
        os.dup2(nowhere.fileno(), sys.stdout.fileno())


def mute() -> None:
    """Discard all further output, because Python's flush at the end would fail again."""
    sys.stdout, sys.stderr = _nowhere(), _nowhere()


def mute_errors() -> None:
    """Discard everything that would be written to stderr from now on."""
    sys.stderr = io.StringIO()


def _nowhere() -> TextIOWrapper:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - it stays open to the end
