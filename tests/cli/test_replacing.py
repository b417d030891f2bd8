"""A file is replaced as a whole or not at all."""

from pathlib import Path

import pytest

from oss_cdn_refresh_cli.shared import replacing
from oss_cdn_refresh_cli.shared.errors import Failed


def test_a_file_that_cannot_be_replaced_is_reported_and_leaves_no_temporary_file(tmp_path: Path) -> None:
    place = tmp_path / "inventory.json"
    place.mkdir()
    with pytest.raises(Failed, match=r"inventory.json: Is a directory: see that it may be written"):
        replacing.replace(place, b"new")
    assert list(tmp_path.iterdir()) == [place]


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    """One job makes the file, and other users upload it."""
    (tmp_path / "other").write_bytes(b"")
    replacing.replace(tmp_path / "inventory.json", b"new")
    assert (tmp_path / "inventory.json").stat().st_mode == (tmp_path / "other").stat().st_mode
