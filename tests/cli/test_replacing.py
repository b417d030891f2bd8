"""A file is replaced as a whole or not at all."""

import os
import threading
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


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "page.html"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()), daemon=True)
    reader.start()
    replacing.check(pipe)
    replacing.replace(pipe, b"new")
    reader.join(10)
    assert (read, pipe.is_fifo(), list(tmp_path.iterdir())) == ([b"new"], True, [pipe])


def test_a_link_to_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe, link = tmp_path / "pipe", tmp_path / "link"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    replacing.replace(link, b"new")
    assert (os.read(reader, 9), link.is_symlink(), pipe.is_fifo()) == (b"new", True, True)
    os.close(reader)


def test_a_directory_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(Failed, match="it is a directory: name a file"):
        replacing.check(tmp_path)


def test_a_pipe_without_the_right_to_write_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(Failed, match="it is no file, and it cannot be written to: name a file"):
        replacing.check(tmp_path / "pipe")


def test_a_stdout_that_is_a_file_is_continued_and_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with (tmp_path / "out").open("wb", buffering=0) as stdout:
        monkeypatch.setattr(replacing, "STANDARD", (stdout.fileno(),))
        stdout.write(b"old ")
        replacing.replace(Path(f"/dev/fd/{stdout.fileno()}"), b"new ")
        stdout.write(b"end")
    assert (tmp_path / "out").read_bytes() == b"old new end"
