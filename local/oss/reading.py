"""GetObject and HeadObject: whole or in part, on condition, through a symlink, as an image style.

Facts: "GetObject" in the OSS documentation. Image processing is played: a variant is the object's bytes after the
style's name, so that one sees the variant change with its object. `?x-oss-process=style/thumb` and the key
suffix `!thumb` are the same variant.
"""

import re
from email.message import Message
from email.utils import parsedate_to_datetime

from local.oss.errors import OssError
from local.oss.store import Bucket, Stored, describe, digest
from local.oss.task import Outcome, Task
from local.serving import Response

RANGE = re.compile(r"bytes=(\d*)-(\d*)")
OVERRIDES = "response-"  # parameters that replace a header of the answer: response-content-type …


def get(task: Task) -> Outcome:
    """GetObject, HeadObject and, with `?objectMeta`, GetObjectMeta."""
    parameters = task.parameters
    stored = variant(task.bucket, task.key, parameters.get("x-oss-process", ""))
    if _unchanged(stored, task.request.headers):
        return Outcome(Response(304, headers=describe(stored)))
    if "objectMeta" in parameters:
        return Outcome(Response(200, stored.body, describe(stored)))
    replaced = {name.removeprefix(OVERRIDES): value for name, value in parameters.items() if name.startswith(OVERRIDES)}
    headers = {**describe(stored), "Accept-Ranges": "bytes", **stored.headers, **replaced}
    start, end = _range(task.header("Range"), stored.size)
    body = stored.body[start:end]
    if len(body) == stored.size:
        return Outcome(Response(200, body, headers))
    return Outcome(Response(206, body, {**headers, "Content-Range": f"bytes {start}-{end - 1}/{stored.size}"}))


def variant(bucket: Bucket, key: str, process: str) -> Stored:
    """What is served under this key: the object, what its symlink points to, or an image style of either."""
    base, mark, style = key.rpartition("!")
    if key not in bucket.objects and mark and base in bucket.objects:
        return variant(bucket, base, f"style/{style}")
    stored = bucket.get(key)
    if stored.kind == "Symlink":
        if stored.target not in bucket.objects:
            raise OssError("SymlinkTargetNotExist", "The symlink target object does not exist.")
        link, stored = stored, bucket.get(stored.target)
        # "HeadObject": bytes and ETag are the target's, Last-Modified is the later of the two
        stored = stored._replace(modified=max(link.modified, stored.modified))
    if not process:
        return stored
    body = f"[{process}] ".encode() + stored.body
    return stored._replace(body=body, etag=digest(body))


def _unchanged(stored: Stored, headers: Message) -> bool:
    """Whether the conditions answer 304; PreconditionFailed if they forbid an answer."""
    tags = {name: _tags(headers[name]) for name in ("If-Match", "If-None-Match") if name in headers}
    if not {stored.etag, "*"} & tags.get("If-Match", {"*"}):
        raise OssError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold.")
    modified = int(stored.modified)
    if modified > _seconds(headers, "If-Unmodified-Since", modified):
        raise OssError("PreconditionFailed", "At least one of the pre-conditions you specified did not hold.")
    if "If-None-Match" in tags:
        return bool({stored.etag, "*"} & tags["If-None-Match"])
    return modified <= _seconds(headers, "If-Modified-Since", modified - 1)


def _tags(header: str) -> set[str]:
    return {tag.strip().removeprefix("W/").strip('"').upper() for tag in header.split(",")}


def _seconds(headers: Message, name: str, otherwise: int) -> int:
    """A header's time; a missing or unreadable one is as if it were `otherwise`."""
    try:
        return int(parsedate_to_datetime(headers[name]).timestamp()) if name in headers else otherwise
    except ValueError:
        return otherwise


def _range(header: str, size: int) -> tuple[int, int]:
    """Where a Range begins and ends (exclusive); all of it if the header makes no sense, as OSS does."""
    match = RANGE.fullmatch(header)
    if match is None or not any(match.groups()):
        return 0, size
    first, last = match.groups()
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    return (start, end) if start < end else (0, size)
