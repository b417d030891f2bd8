"""The screens of the command in `screens/`: its output in terminals of three widths, compared exactly.

`WRITE_SCREENS=1 pytest tests/cli/test_screens.py` writes them anew; look at the difference before you commit it.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.cells import cell_len

from oss_cdn_refresh_cli.shared import streams

WIDTHS = (80, 100, 160)
RANDOM = {  # what is different each time, and a text of the same length instead; notes are not laid out
    r"127\.0\.0\.1:[0-9]+": "127.0.0.1:PORT",
    r"\b1-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{12}\b": "1-0a1b2c3d-0a1b2c3d-0a1b2c3d4e5f",
}
FOLDER = Path(__file__).parent / "screens"


def screens(shown: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> dict[int, str]:
    """The output in a terminal of each width, without white space at the ends of lines."""
    found = {}
    for width in WIDTHS:
        monkeypatch.setattr(streams, "terminal_width", lambda _stream, width=width: width)
        text = shown()
        for random, fixed in RANDOM.items():
            text = re.sub(random, fixed, text)
        found[width] = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    return found


def matches(name: str, found: dict[int, str]) -> bool:
    """Whether the screens are those in the file of this name, which is written first if WRITE_SCREENS is set."""
    text = "\n".join(f"{'─' * width}\n{screen}" for width, screen in found.items())
    file = FOLDER / f"{name}.txt"
    if os.environ.get("WRITE_SCREENS"):
        file.write_text(text, encoding="utf-8")
    expected = file.read_text(encoding="utf-8")
    assert text.splitlines() == expected.splitlines()
    return True


def too_wide(found: dict[int, str]) -> list[str]:
    """The lines that are wider than their terminal. Notes, errors and states are whole lines for a log, and may be."""
    return [
        line
        for width, screen in found.items()
        for line in screen.splitlines()
        if cell_len(line) > width and not line.startswith(("Note: ", "Error: ", "Waiting for "))
    ]
