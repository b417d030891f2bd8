"""Reads the JSON objects of a line of an exported log, whatever the export did to the line.

A line is JSON after any prefix, or an export of SLS with the line as its field `message` (docs/monitoring.md). Some
exports write the line as a field of CSV, with doubled quotes, or as a string of JSON, with escaped quotes.
"""

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any

from oss_cdn_refresh_cli.shared.errors import Failed

_fields_of_csv = re.compile(r'"(?:[^"]|"")*"').findall
_texts_of_json = re.compile(r'"(?:[^"\\]|\\.)*"').findall


def texts(lines: Iterable[bytes], file: str) -> Iterator[str]:
    """The lines of a file as texts.

    :raises Failed: a line is not text.
    """
    for number, line in enumerate(lines, 1):
        if b"\0" in line:
            raise Failed(f"{file}: line {number}: NUL bytes: it is packed, or text in UTF-16: save it as UTF-8")
        yield line.decode(errors="replace")


def objects(line: str) -> tuple[list[dict[str, Any]], str]:
    """The JSON objects in a line, and the text between them."""
    decoder = json.JSONDecoder()
    found: list[dict[str, Any]] = []
    between = ""
    done = 0
    at = line.find("{")
    while at >= 0:
        try:
            value, end = decoder.raw_decode(line, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            found.append(value)
            between += line[done:at]
            done = end
        at = line.find("{", end)
    return found, between + line[done:]


def spelled_otherwise(line: str, word: str) -> Iterator[str]:
    """The contents of a line that is a field of CSV, a string of JSON, or one of them without its quotes.

    Only those that contain the word. Only complete fields are read: a truncated text must not pass for a whole one.
    """
    for written in (line, f'"{line.strip()}"'):
        for field in _fields_of_csv(written):
            if word in field:
                yield field[1:-1].replace('""', '"')
        for text in _texts_of_json(written):
            if word in text:
                with suppress(ValueError):
                    yield json.loads(text, strict=False)
