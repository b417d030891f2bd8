"""Writes log lines that SLS can query: each record of `logging` has one JSON object as its whole message.

Function Compute adds its own prefix to each record and finds the next record by that prefix. It cuts a line after 32 KB
(Function Compute 3.0, "Logs"); this module shortens such a line and adds `"shortened": true`. Keys and messages are
untrusted input: they are written as ASCII JSON, so that none of their characters can end a line.

SLS analyses only the first 2 KB of a field ("Why are field values truncated"). So a line begins with its short fields;
lists and untrusted texts come last. `docs/log-lines.schema.json` says what each field means.
"""

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

LINE_BYTES = 30_000  # 32 KB less the platform's prefix
SHORTENED_TO = ((20, 500), (5, 200), (1, 100))  # entries of a list and characters of a text, until a line fits

PORTION_BYTES = 24_000  # of a list that several lines hold, each beside its other fields

NO_FIELDS: Mapping[str, Any] = {}
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")  # of LOG_LEVEL

logger = logging.getLogger("oss_cdn_refresh")


class Log:
    """The log of one invocation: each line has its request id. Lines below `level` are not written.

    An unknown level counts as INFO: a wrong log level must not stop the function. Each line has the fields in `always`.
    """

    def __init__(self, request_id: str, level: str, always: Mapping[str, Any] = NO_FIELDS) -> None:
        self._request_id = request_id
        self._level = level
        self._always = always
        logger.setLevel(level if level in LEVELS else logging.INFO)

    def about(self, fields: Mapping[str, Any]) -> "Log":
        """A log of the same invocation, whose lines have these fields too."""
        return Log(self._request_id, self._level, fields)

    def debug(self, event: str, **fields: Any) -> None:
        """Write a line that helps to find a fault."""
        self._write(logging.DEBUG, event, fields)

    def info(self, event: str, **fields: Any) -> None:
        """Write a line about normal work."""
        self._write(logging.INFO, event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Write a line about a problem that the function handles itself, such as a deferred item."""
        self._write(logging.WARNING, event, fields)

    def error(self, event: str, **fields: Any) -> None:
        """Write a line about a problem that a person has to look at."""
        self._write(logging.ERROR, event, fields)

    def summary(self, **fields: Any) -> None:
        """Write the summary line of the invocation. It is written at every log level."""
        logger.handle(
            logger.makeRecord(logger.name, logging.INFO, "", 0, self._line("INFO", "summary", fields), (), None)
        )

    def _write(self, level: int, event: str, fields: dict[str, Any]) -> None:
        if logger.isEnabledFor(level):
            logger.log(level, "%s", self._line(logging.getLevelName(level), event, fields))

    def _line(self, level: str, event: str, fields: dict[str, Any]) -> str:
        line = {"event": event, "level": level, "request_id": self._request_id, **self._always, **fields}
        text = json.dumps(line)
        for entries, characters in SHORTENED_TO:
            if len(text) <= LINE_BYTES:
                break
            shortened = {name: _shortened(value, entries, characters) for name, value in line.items()}
            text = json.dumps(shortened | {"shortened": True})
        return text


def portions(urls: Iterable[str]) -> Iterator[list[str]]:
    """URLs for as many lines as hold all of them unshortened, where nothing but the log names them."""
    portion: list[str] = []
    used = 0
    for url in urls:
        size = len(json.dumps(url)) + len(", ")
        if portion and used + size > PORTION_BYTES:
            yield portion
            portion, used = [], 0
        portion.append(url)
        used += size
    if portion:
        yield portion


def _shortened(value: Any, entries: int, characters: int) -> Any:
    if isinstance(value, str):
        return value[:characters]
    if isinstance(value, (list, tuple)):
        return [_shortened(entry, entries, characters) for entry in value[:entries]]
    return value
