"""The progress of a probe, on disk after each step, so that an interrupted probe can continue.

A refresh takes minutes, and so may a probe. The file holds the folder of the run, the answers so far, and for each
other question the number of its next step, the time of that step and its notes. A finished probe removes the file.
"""

import hashlib
import json
from pathlib import Path
from time import gmtime, strftime
from typing import Any, NamedTuple

from oss_cdn_refresh_cli.probing.account import Place
from oss_cdn_refresh_cli.probing.answers import Answer, Kind, Notes
from oss_cdn_refresh_cli.shared import replacing
from oss_cdn_refresh_cli.shared.errors import Failed

NAME = "oss-cdn-refresh"


class Pending(NamedTuple):
    """The next step of a question, and when it is due, in epoch seconds."""

    step: int
    due: float
    notes: Notes


class State:
    """The answers and the pending steps of a probe, by question.

    run: the folder of the run; a new one is named after `now`, in epoch seconds.
    """

    def __init__(self, file: Path, now: float) -> None:
        self.file = file
        self.run = strftime("%Y%m%dT%H%M%SZ", gmtime(now))
        self.answers: dict[str, Answer] = {}
        self.pending: dict[str, Pending] = {}
        if file.exists():
            self._read()

    @property
    def resumed(self) -> bool:
        """Whether an earlier run was interrupted."""
        return bool(self.answers or self.pending)

    def follow(self, name: str, pending: Pending) -> None:
        """Store the next step of a question."""
        self.pending[name] = pending
        self._write()

    def end(self, name: str, answer: Answer) -> None:
        """Store the answer to a question."""
        self.pending.pop(name, None)
        self.answers[name] = answer
        self._write()

    def remove(self) -> None:
        """Remove the file: nothing is left to be resumed."""
        self.file.unlink(missing_ok=True)

    def _write(self) -> None:
        document = {
            "run": self.run,
            "answers": {name: [answer.kind.value, *answer[1:]] for name, answer in self.answers.items()},
            "pending": self.pending,
        }
        replacing.replace(self.file, json.dumps(document).encode())

    def _read(self) -> None:
        try:
            document: dict[str, Any] = json.loads(self.file.read_bytes())
            self.run = str(document["run"])
            self.answers = {name: Answer(Kind(kind), *rest) for name, (kind, *rest) in document["answers"].items()}
            self.pending = {name: Pending(*fields) for name, fields in document["pending"].items()}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Failed(
                f"{self.file}: the file is no state of a probe ({error}): remove it, and run the probe again"
            ) from error


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
    mark = hashlib.sha256(json.dumps([place.bucket, place.domain, place.target]).encode()).hexdigest()[:16]
    return folder / f"probe-{mark}.json"
