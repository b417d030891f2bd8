"""The progress of a probe, on disk after each step, so that an interrupted probe can continue.

A refresh takes minutes, and so may a probe. The file holds the folder of the run, the answers so far, and for each
other question the number of its next step, the time of that step and its notes. A finished probe removes the file. Only
one probe at a time uses a file: another one would delete the objects of the first.
"""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import gmtime, strftime
from typing import Any, NamedTuple

from oss_cdn_refresh_cli.probing.account import Place
from oss_cdn_refresh_cli.probing.answers import Answer, Kind, Notes
from oss_cdn_refresh_cli.probing.question import Question
from oss_cdn_refresh_cli.shared import replacing
from oss_cdn_refresh_cli.shared.errors import Failed

NAME = "oss-cdn-refresh"
WRONG = (ValueError, KeyError, TypeError, AttributeError)  # what a document of another form leads to


class Pending(NamedTuple):
    """The next step of a question, and when it is due, in epoch seconds."""

    step: int
    due: float
    notes: Notes


class State:
    """The answers and the pending steps of a probe, by question.

    run: the folder of the run; a new one is named after `now`, in epoch seconds. place, version: marks of what the
    steps rely on, as `mark_of` and `version_of` make them.
    """

    def __init__(self, file: Path, now: float, place: str, version: str) -> None:
        self.file = file
        self.run = f"{strftime('%Y%m%dT%H%M%SZ', gmtime(now))}-{secrets.token_hex(3)}"
        self.answers: dict[str, Answer] = {}
        self.pending: dict[str, Pending] = {}
        self._place = place
        self._version = version

    @property
    def resumed(self) -> bool:
        """Whether an earlier run was interrupted."""
        return bool(self.answers or self.pending)

    def begin(self) -> None:
        """Read what an earlier run has left, or create the file, before anything is done that has to be stored.

        :raises Failed: the file cannot be read or written, or is of another place or version.
        """
        if not self.file.exists():
            self.write()
            return
        self.check_place()
        try:
            document = self._document()
            version = document["version"]
            self.run = str(document["run"])
            self.answers = {name: Answer(Kind(kind), *rest) for name, (kind, *rest) in document["answers"].items()}
            self.pending = {name: _pending(*fields) for name, fields in document["pending"].items()}
        except WRONG as error:
            what = f"the file is no state of a probe ({type(error).__name__}: {error})"
            raise Failed(f"{self.file}: {what}: give --clean-up, and begin anew") from error
        if version != self._version:
            what = "it is the state of a probe of another version, or with another configuration"
            raise Failed(f"{self.file}: {what}: give --clean-up, and begin anew")
        self.write()

    def check_place(self) -> None:
        """See that the file, if there is one, is none of a probe at another place, whose progress would be lost.

        :raises Failed: it is one.
        """
        try:
            place = self._document()["place"] if self.file.exists() else self._place
        except WRONG:
            return
        if place != self._place:
            raise Failed(f"{self.file}: it is the state of a probe at another place: give another file with --state")

    def follow(self, name: str, pending: Pending) -> None:
        """Store the next step of a question."""
        self.pending[name] = pending
        self.write()

    def end(self, name: str, answer: Answer) -> None:
        """Store the answer to a question."""
        self.pending.pop(name, None)
        self.answers[name] = answer
        self.write()

    def remove(self) -> None:
        """Remove the file: nothing is left to be resumed."""
        self.file.unlink(missing_ok=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other probes from this file.

        :raises Failed: another probe uses it, it is no file, or nothing can be written beside it.
        """
        if self.file.exists() and not self.file.is_file():
            raise Failed(f"{self.file}: it is no file: name another one with --state")
        beside = self.file.with_name(f".{self.file.name}.lock")
        try:
            stream = beside.open("wb")
        except OSError as error:
            raise Failed(f"{beside}: {error.strerror or error}: give a file in another place with --state") from error
        with stream:
            if not _is_first(stream.fileno(), beside):
                raise Failed(f"{self.file}: another probe is running with it: wait for its end, or give --state FILE")
            try:
                yield
            finally:
                beside.unlink(missing_ok=True)

    def write(self) -> None:
        """Store everything.

        :raises Failed: the file cannot be written.
        """
        document = {
            "place": self._place,
            "version": self._version,
            "run": self.run,
            "answers": {name: [answer.kind.value, *answer[1:]] for name, answer in self.answers.items()},
            "pending": self.pending,
        }
        replacing.replace(self.file, json.dumps(document).encode())

    def _document(self) -> dict[str, Any]:
        try:
            document: dict[str, Any] = json.loads(self.file.read_bytes())
        except OSError as error:
            raise Failed(f"{self.file}: {error.strerror or error}: give another file with --state") from error
        return document


def _pending(step: int, due: float, notes: Notes) -> Pending:
    return Pending(int(step), float(due), dict(notes))


def _is_first(descriptor: int, file: Path) -> bool:
    """Lock an open file; returns whether this process is the first, and the file is still the one of this name."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return file.exists() and os.path.samestat(os.fstat(descriptor), file.stat())


def mark_of(place: Place) -> str:
    """The mark of a place: probes at places with the same mark can go on with each other's state."""
    return _digest([place.bucket, place.domain, place.target])


def version_of(place: Place, questions: dict[str, Question]) -> str:
    """The mark of what else the steps rely on: where objects are on the domain, and the steps themselves."""
    steps = {name: [step.__name__ for step in question.steps] for name, question in questions.items()}
    return _digest([place.prefix, place.path, place.scheme, place.connect_to, steps])


def file_of(place: Place) -> Path:
    """The state of probes at this place: in the user's state directory.

    :raises Failed: the directory cannot be made.
    """
    from platformdirs import user_state_path  # noqa: PLC0415 - a probe that is given a file needs no directory

    folder = user_state_path(NAME)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failed(f"{folder}: {error.strerror or error}: give --state FILE") from error
    return folder / f"probe-{mark_of(place)}.json"


def _digest(document: Any) -> str:
    return hashlib.sha256(json.dumps(document).encode()).hexdigest()[:16]
