"""Reads how many objects each directory holds: from an inventory, a report of OSS's bucket inventory or a list.

The content decides which of the three a file is, gzipped or not.
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
    """The inventory of a file; its `made_at` is "" if the file has no time.

    source: a file, or its content. A report has to be the file of its manifest, because its other files lie beside it.
    name: of the source in errors.

    :raises Failed: the file is unreadable or none of the three; `ConfigurationError` if it is a wrong inventory.
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
    """The bytes of a file, or the given ones, unpacked if they are gzipped.

    :raises Failed: the file cannot be read.
    """
    try:
        body = source.read_bytes() if isinstance(source, Path) else source
        return gzip.decompress(body) if body.startswith(GZIPPED) else body
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Failed(f"{file}: its gzip is broken ({error}): make or download it again") from error
    except OSError as error:
        raise Failed(f"{file}: {error.strerror or error}: name a file that can be read") from error


def is_list(body: bytes) -> bool:
    """Whether a body is a list of objects: the other kinds are JSON."""
    return body.lstrip()[:1] != b"{"


def _document(body: bytes) -> dict[str, Any]:
    """The JSON object of a body; {} if it is broken."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
