"""stdout and stderr, as whoever starts the command leaves them: in any encoding, full, or closed."""

import os
import sys
from io import TextIOWrapper

from oss_cdn_refresh_cli.shared.errors import Failed


def prepare() -> None:
    """Let every character be written: as an escape, where the encoding has none for it.

    :raises Failed: there is no stdout. Nothing is done then: nobody would hear of it.
    """
    if sys.stderr is None:
        sys.stderr = _nowhere()
    if sys.stdout is None:
        sys.stdout = _nowhere()
        raise Failed("stdout is closed: give the output somewhere to go, /dev/null where nobody needs it")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def mute() -> None:
    """Write nothing any more: what is still to be flushed when Python ends would fail again."""
    sys.stdout, sys.stderr = _nowhere(), _nowhere()


def _nowhere() -> TextIOWrapper:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - it stays open to the end
