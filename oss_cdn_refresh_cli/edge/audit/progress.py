"""The position and the findings of an audit, on disk after every object, so that a killed audit can continue.

The state is an SQLite file. One transaction for each object stores the findings and the position, so that no object is
examined twice and no finding is lost. A finished audit removes the file.
"""

import json
import os
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from oss_cdn_refresh.model.item import ItemName
from oss_cdn_refresh_cli.clients.listing import Stored
from oss_cdn_refresh_cli.edge.audit.verdicts import Finding
from oss_cdn_refresh_cli.shared.errors import Failed

NAME = "oss-cdn-refresh"  # of the command's directories
NOWHERE = ""  # SQLite's name for a temporary file that ends with its connection
SIDE_FILES = ("", "-wal", "-shm")
FRESH_SECONDS = 86_400  # an older state without --state is removed
SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS found (
    url TEXT, object_type TEXT, finding TEXT NOT NULL, why TEXT NOT NULL, PRIMARY KEY (url, object_type)
);
CREATE TABLE IF NOT EXISTS sample (slot INTEGER PRIMARY KEY, entry TEXT NOT NULL);
"""
START = (0, "")
TABLES = frozenset({"facts", "found", "sample"})


class Found(NamedTuple):
    """A URL that is not fresh, with the reason."""

    item: ItemName
    finding: Finding
    why: str


class Entry(NamedTuple):
    """An object to examine, and the position of the audit after it: the number of a source, and a place in it.

    `stored` is the object as the listing has it; None for a key of a file, which needs a request to OSS.
    """

    position: tuple[int, str]
    bucket: str
    key: str
    stored: Stored | None


class Progress:
    """The state of one audit. `position`: the next run continues there. `resumed`: an earlier run has made progress.

    `newest`: the latest change of an object that was passed over, in epoch seconds, or 0.
    `found_so_far`: findings by their values, for the progress bar.
    `counts`: URLs `checked` and `left_out`, objects `passed_over`, ignored ones by reason, `candidates` of a sample.
    """

    def __init__(self, path: str, audit: Mapping[str, Any]) -> None:
        self._path = path
        self._database = self._opened(audit)
        self.position: tuple[int, str] = START
        self.counts: Counter[str] = Counter()
        self.newest = 0.0
        self.found_so_far = Counter(dict(self._rows("SELECT finding, count(*) FROM found GROUP BY finding")))
        facts = dict(self._rows("SELECT name, value FROM facts"))
        if "position" in facts:
            source, place = json.loads(facts["position"])
            self.position = (source, place)
            self.counts.update(json.loads(facts["counts"]))
            self.newest = json.loads(facts.get("newest", "0.0"))
        self.sampled = "sampled" in facts
        self.resumed = self.position != START or self.sampled

    def note(
        self, position: tuple[int, str], found: Iterable[Found], counted: Mapping[str, int], changed_at: float = 0.0
    ) -> None:
        """Store the findings of an object and the position after it; `changed_at` is for one that is passed over."""
        found = tuple(found)
        self.found_so_far.update(each.finding.value for each in found)
        self.counts.update(counted)
        self.newest = max(self.newest, changed_at)
        self.position = position
        with self._transaction():
            self._database.executemany(
                "INSERT OR REPLACE INTO found VALUES (?, ?, ?, ?)",
                [(each.item.url, each.item.type, each.finding.value, each.why) for each in found],
            )
            self._keep_position()

    def offer(self, entry: Entry, slot: int | None) -> None:
        """Store an object in a slot of the sample, in place of another one, or skip it without a slot."""
        self.counts["candidates"] += 1
        self.position = entry.position
        with self._transaction():
            if slot is not None:
                written = json.dumps([entry.bucket, entry.key, entry.stored])
                self._database.execute("INSERT OR REPLACE INTO sample VALUES (?, ?)", (slot, written))
            self._keep_position()

    def drawn(self) -> None:
        """Note that the sample is complete: later positions are its slots."""
        self.position, self.sampled = START, True
        with self._transaction():
            self._database.execute("INSERT OR REPLACE INTO facts VALUES ('sampled', '')")
            self._keep_position()

    def sample(self) -> Iterator[Entry]:
        """The objects of the sample after the position."""
        for slot, written in self._rows(
            "SELECT slot, entry FROM sample WHERE slot >= ? ORDER BY slot", self.position[0]
        ):
            bucket, key, stored = json.loads(written)
            yield Entry((slot + 1, ""), bucket, key, Stored(*stored) if stored else None)

    def found(self, finding: Finding) -> list[Found]:
        """The URLs with this finding, in the order in which they were found."""
        rows = self._rows("SELECT object_type, url, why FROM found WHERE finding = ? ORDER BY rowid", finding.value)
        return [Found(ItemName(object_type, url), finding, why) for object_type, url, why in rows]

    def close(self, *, finished: bool) -> None:
        """Close the file; remove it if the audit is finished."""
        self._database.close()
        if finished and self._path != NOWHERE:
            _remove(self._path)

    def _keep_position(self) -> None:
        facts = {
            "position": json.dumps(self.position),
            "counts": json.dumps(self.counts),
            "newest": json.dumps(self.newest),
        }
        self._database.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?)", facts.items())

    def _rows(self, question: str, *values: object) -> list[Any]:
        try:
            return self._database.execute(question, values).fetchall()
        except sqlite3.Error as error:
            raise Failed(f"{self._path}: the state is damaged ({error}): remove it and begin anew") from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            with self._database:
                yield
        except sqlite3.Error as error:
            raise Failed(f"{self._path or 'a temporary file'}: {error}: make room, or give --state FILE") from error

    def _opened(self, audit: Mapping[str, Any]) -> sqlite3.Connection:
        """The database, checked to be of this audit.

        :raises Failed: the file is no state, the state of another audit, or in use.
        """
        written = json.dumps(audit, sort_keys=True)
        try:
            database = sqlite3.connect(self._path, timeout=0)
            database.execute("PRAGMA locking_mode = EXCLUSIVE")  # two audits must not share one
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if not tables <= TABLES:
                raise sqlite3.DatabaseError("it holds something else")
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = OFF")  # it has to survive the process, and not the machine
            database.executescript(SCHEMA)
            database.execute("INSERT OR IGNORE INTO facts VALUES ('audit', ?)", (written,))
            database.commit()
            (of,) = database.execute("SELECT value FROM facts WHERE name = 'audit'").fetchone()
        except sqlite3.Error as error:
            why = "another audit is using it" if "locked" in str(error) else f"no state of an audit ({error})"
            raise Failed(f"{self._path}: {why}: wait for it, or give another --state FILE") from error
        if of != written:
            database.close()
            raise Failed(f"{self._path}: the state of another audit: give another --state FILE, or remove this one")
        return database


def usual_path(name: str, now: float) -> str:
    """The default state file: in the user's state directory, else in a temporary one.

    A file older than a day is removed, because its findings may be out of date.
    """
    from platformdirs import user_state_path  # noqa: PLC0415 - an audit that is given a file needs no directory

    for folder in (user_state_path(NAME), Path(tempfile.gettempdir()) / f"{NAME}-{os.getuid()}"):
        with suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if os.access(folder, os.W_OK) and folder.lstat().st_uid == os.getuid():
                path = str(folder / f"audit-{name}.db")
                files = [Path(path + suffix) for suffix in SIDE_FILES if Path(path + suffix).exists()]
                if files and now - max(file.stat().st_mtime for file in files) > FRESH_SECONDS:
                    _remove(path)
                return path
    return NOWHERE


def _remove(path: str) -> None:
    for suffix in SIDE_FILES:
        Path(path + suffix).unlink(missing_ok=True)
