"""A killed audit continues at its position: no request is repeated, and no finding is lost."""

import json
import os
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from audited import Audited, http, report
from command import start

from oss_cdn_refresh_box.wire.serving import Request

pytestmark = pytest.mark.load

KEYS = [f"{number:04}.jpg" for number in range(1_300)]
STALE = KEYS[5::100]


@pytest.fixture
def many(site: Audited) -> Audited:
    """1,300 objects, 13 of them stale."""
    site.world.clock.advance(time.time() - site.world.clock.now() - 10_000)
    site.hold(dict.fromkeys(KEYS, b"old"))
    site.visit(*STALE)
    site.hold(dict.fromkeys(STALE, b"new"))
    return site


class Killing:
    """Kills the running process when it requests one of these keys, once for each key."""

    def __init__(self, *keys: str) -> None:
        self.paths = [f"/{key}" for key in keys]
        self.process: Any = None

    def __call__(self, request: Request) -> None:
        """Called before a request is answered."""
        if request.path in self.paths:
            self.paths.remove(request.path)
            self.process.kill()
            self.process.wait()


def to_the_end(site: Audited, killing: Callable[[Request], None], *words: str) -> tuple[int, dict[str, Any]]:
    """Run the command until it is not killed; returns how often it was killed, and the last report."""
    kills = 0
    with site.behind(killing) as front:
        while True:
            words_again = ("audit", "--json", *words, "--rate", "100000", "--connect-to", front)
            with start(*words_again, environ=site.world.environ) as process:
                if isinstance(killing, Killing):
                    killing.process = process
                output, _ = process.communicate()
            if process.returncode != -9:
                return kills, {**json.loads(output), "exit": process.returncode}
            kills += 1


def asked(site: Audited) -> Counter[str]:
    """The number of requests for each key."""
    return Counter(request.path.removeprefix("/") for request in site.asked)


def test_a_killed_audit_continues_without_repeating_a_request(many: Audited) -> None:
    killing = Killing(KEYS[3], KEYS[700], KEYS[1_100])
    assert to_the_end(many, killing, "oss://my-site") == (3, report(1_300, tuple(STALE)))
    again = {key for key, times in asked(many).items() if times > 1}
    assert again == {*STALE, KEYS[3], KEYS[700], KEYS[1_100]}  # suspects, and those whose answers nobody was to get
    assert many.states == []


def test_a_killed_audit_of_named_keys_continues(many: Audited, tmp_path: Path) -> None:
    file = tmp_path / "keys"
    file.write_text("".join(f"my-site/{key}\n\n" for key in KEYS))
    killing = Killing(KEYS[900])
    assert to_the_end(many, killing, "--keys", str(file)) == (1, report(1_300, tuple(STALE)))
    assert asked(many)[KEYS[0]] == 1


def test_an_audit_of_keys_from_a_pipe_leaves_no_state(many: Audited, tmp_path: Path) -> None:
    file = tmp_path / "my.state"
    pipe, end = os.pipe()
    os.write(end, b"my-site/0000.jpg\n")
    os.close(end)
    result = many.run("--keys", f"/dev/fd/{pipe}", "--state", str(file))
    os.close(pipe)
    assert (result.exit_code, "cannot be gone on with" in result.stderr, file.exists()) == (2, True, False)


def test_a_killed_audit_of_a_sample_continues_with_the_same_sample(many: Audited) -> None:
    seen: list[str] = []

    class Fifth(Killing):
        """Kills at the fifth request."""

        def __call__(self, request: Request) -> None:
            seen.append(request.path)
            if len(seen) == 5:
                self.process.kill()
                self.process.wait()

    kills, found = to_the_end(many, Fifth(), "oss://my-site", "--sample", "20")
    assert (kills, found["checked"]) == (1, 20)
    assert len(set(seen)) == 20


def test_a_repair_continues_a_killed_audit(many: Audited) -> None:
    kills, found = to_the_end(many, Killing(KEYS[1_200]), "oss://my-site", "--repair")
    assert (kills, found) == (1, report(1_300, tuple(STALE), repaired=13))
    assert many.visit(*STALE) == [b"new"] * 13


def test_a_killed_audit_of_several_domains_continues(site: Audited) -> None:
    domains = [f"{letter}.example.com" for letter in "abcdefgh"]
    site.world.configure({"bucket": "my-site", "domains": domains, "scheme": "http"})
    site.world.clock.advance(time.time() - site.world.clock.now() - 10_000)
    site.hold({"1.jpg": b"x", "2.jpg": b"x"})
    kills, _ = to_the_end(site, Killing("2.jpg"), "oss://my-site")
    first = [request for request in site.asked if (request.method, request.path) == ("HEAD", "/1.jpg")]
    assert (kills, len(first)) == (1, len(domains))


def test_a_continued_audit_says_that_it_continues(many: Audited) -> None:
    with many.behind(lambda request: many.oss.close() if request.path == f"/{KEYS[999]}" else None) as front:
        many.run("oss://my-site", to=front)
        result = many.run("oss://my-site", to=front)
    assert "going on where an earlier run stopped, 999 URLs checked" in result.stderr


def test_a_finished_audit_begins_anew(site: Audited) -> None:
    site.hold({"a.jpg": b"x"})
    for _ in range(2):
        with site.behind():
            assert site.audit("oss://my-site") == report(1)
    assert site.states == []


def test_the_state_is_in_the_requested_file(many: Audited, tmp_path: Path) -> None:
    file = tmp_path / "my.state"
    words = ("oss://my-site", "--state", str(file))
    with many.behind(lambda request: many.oss.close() if request.path == f"/{KEYS[999]}" else None) as front:
        many.run(*words, to=front)
        assert (file.exists(), many.states) == (True, [])
        assert many.audit(*words, to=front)["checked"] == 999


@pytest.mark.parametrize("content", ["my notes\n" * 500, "SQLite format 3\0" + "x" * 4_000])
def test_a_file_that_is_not_a_state_is_not_changed(site: Audited, tmp_path: Path, content: str) -> None:
    file = tmp_path / "notes"
    file.write_text(content)
    site.hold({"a.jpg": b"x"})
    result = site.run("oss://my-site", "--state", str(file))
    assert (result.exit_code, "no state of an audit" in result.stderr, file.read_text()) == (2, True, content)


def test_another_database_is_not_changed(site: Audited, tmp_path: Path) -> None:
    file = tmp_path / "photos.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE photos (name TEXT)")
    before = file.read_bytes()
    site.hold({"a.jpg": b"x"})
    result = site.run("oss://my-site", "--state", str(file))
    assert (result.exit_code, "no state of an audit" in result.stderr, file.read_bytes()) == (2, True, before)


def test_the_state_of_another_audit_is_not_changed(many: Audited, tmp_path: Path) -> None:
    file = tmp_path / "my.state"
    with many.behind(lambda request: many.oss.close() if request.path == f"/{KEYS[999]}" else None) as front:
        many.run("oss://my-site", "--state", str(file), to=front)
        result = many.run("oss://my-site/0", "--state", str(file), to=front)
    assert (result.exit_code, "the state of another audit" in result.stderr, file.exists()) == (2, True, True)


def test_a_damaged_state_is_reported(many: Audited, tmp_path: Path) -> None:
    file = tmp_path / "my.state"
    words = ("oss://my-site", "--state", str(file))
    with many.behind(lambda request: many.oss.close() if request.path == f"/{KEYS[999]}" else None) as front:
        many.run(*words, to=front)
        with closing(sqlite3.connect(file)) as database:
            (page,) = database.execute("SELECT rootpage FROM sqlite_master WHERE name = 'found'").fetchone()
            (size,) = database.execute("PRAGMA page_size").fetchone()
        with file.open("r+b") as written:
            written.seek((page - 1) * size)
            written.write(b"\xaa" * size)
        result = many.run(*words, to=front)
    assert (result.exit_code, "the state is damaged" in result.stderr) == (2, True)


def test_a_state_that_another_audit_uses_is_refused(site: Audited, tmp_path: Path) -> None:
    file = tmp_path / "my.state"
    holder = sqlite3.connect(file)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    site.hold({"a.jpg": b"x"})
    result = site.run("oss://my-site", "--state", str(file))
    holder.close()
    assert (result.exit_code, "another audit is using it" in result.stderr) == (2, True)


def test_a_state_older_than_a_day_is_removed(many: Audited) -> None:
    with many.behind(lambda request: many.oss.close() if request.path == f"/{KEYS[999]}" else None) as front:
        many.run("oss://my-site", to=front)
        (file,) = many.states
        for each in file.parent.iterdir():
            os.utime(each, (0, many.world.clock.now() - 86_500))
        result = many.run("oss://my-site", to=front)
    assert "going on" not in result.stderr
    assert "no answer of" in result.stderr


def test_findings_before_a_stop_are_kept(many: Audited) -> None:
    with many.behind(lambda request: many.oss.close() if request.path == f"/{KEYS[999]}" else None) as front:
        first = many.audit("oss://my-site", to=front)
        assert many.audit("oss://my-site", to=front) == first
    assert first["stale"] == [http(key) for key in STALE[:10]]
