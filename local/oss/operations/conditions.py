"""The conditions of a request: on the object that is read, or on the one that is copied.

Facts: "GetObject", "CopyObject" and "UploadPartCopy" in the OSS documentation.
"""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from local.oss.errors import OssError
from local.oss.store import Stored

OF_SOURCE = "x-oss-copy-source-"  # before the names of the conditions on what is copied


def unchanged(stored: Stored, headers: Mapping[str, str], before: str = "") -> bool:
    """Whether the conditions answer 304; PreconditionFailed if they forbid an answer.

    `headers` have lower-case names; `before` stands before those of the conditions.
    """
    given = {name.removeprefix(before): value for name, value in headers.items() if name.startswith(before)}
    tags = {name: _tags(given[name]) for name in ("if-match", "if-none-match") if name in given}
    if not {stored.etag, "*"} & tags.get("if-match", {"*"}):
        raise OssError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold.")
    modified = int(stored.modified)
    if modified > _seconds(given, "if-unmodified-since", modified):
        raise OssError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold.")
    if "if-none-match" in tags:
        return bool({stored.etag, "*"} & tags["if-none-match"])
    return modified <= _seconds(given, "if-modified-since", modified - 1)


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/").strip('"').upper() for tag in header.split(",")}


def _seconds(headers: Mapping[str, str], name: str, otherwise: int) -> int:
    """A header's time; a missing or unreadable one is as if it were `otherwise`."""
    try:
        return int(parsedate_to_datetime(headers[name]).timestamp()) if name in headers else otherwise
    except ValueError:
        return otherwise
