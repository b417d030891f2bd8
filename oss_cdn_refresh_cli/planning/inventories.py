"""What tells how many objects are live where: an inventory of ours, a report of OSS's bucket inventory, a list of keys.

They are told apart by their content, gzipped or not.
"""

import gzip
import json
import zlib
from pathlib import Path
from typing import Any

from oss_cdn_refresh.planner.inventory import GZIPPED, Inventory, parse
from oss_cdn_refresh_cli.planning import object_lists, oss_reports
from oss_cdn_refresh_cli.shared.errors import Failed


def inventory_of(source: Path | bytes, name: str = "") -> Inventory:
    """The inventory that a file holds or leads to; its `made_at` is "" where nothing tells.

    source: a file, or its content; a report has to be the file of its manifest, beside which its other files are.
    name: what complaints call it.

    :raises Failed: it cannot be read or is none of the three; `ConfigurationError` where it is a wrong one of ours.
    """
    file = name or (str(source) if isinstance(source, Path) else "<stdin>")
    body = content(source, file)
    if is_list(body):
        return Inventory(object_lists.counts(object_lists.runs(body, file)))
    document = _document(body)
    if oss_reports.SCHEMA not in document:
        return parse(body, file)
    if not isinstance(source, Path):
        raise Failed(f"{file}: it is the manifest of a report, whose files lie beside it: name the file")
    return oss_reports.inventory(document, source)


def content(source: Path | bytes, file: str) -> bytes:
    """The bytes of a file, or those given; unpacked where they are gzipped.

    :raises Failed: it cannot be read.
    """
    try:
        body = source.read_bytes() if isinstance(source, Path) else source
        return gzip.decompress(body) if body.startswith(GZIPPED) else body
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Failed(f"{file}: its gzip is broken ({error}): make or download it again") from error
    except OSError as error:
        raise Failed(f"{file}: {error.strerror or error}: name a file that can be read") from error


def is_list(body: bytes) -> bool:
    """Whether it is a list of objects, or should be one: the others are JSON."""
    return body.lstrip()[:1] != b"{"


def _document(body: bytes) -> dict[str, Any]:
    """The JSON object that it is; {} where it is a broken one."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
