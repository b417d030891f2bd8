"""The table of `probe` in terminals of 80, 100 and 160 columns."""

import pytest
from probed import Probed
from screen import matches, screens, too_wide
from turns_refreshes import one_spelling


def test_the_answers(probed: Probed, monkeypatch: pytest.MonkeyPatch) -> None:
    one_spelling(probed)
    names = ("spellings", "ignore-params-name", "lifecycle", "event-keys")
    words = [word for name in names for word in ("--only", name)]
    found = screens(lambda: probed.run(*words).output, monkeypatch)
    assert (matches("probe", found), too_wide(found)) == (True, [])
