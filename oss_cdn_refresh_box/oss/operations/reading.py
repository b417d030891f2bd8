"""Reading objects: ranges, conditions, symlinks and image styles.

Facts: "GetObject", "GetSymlink", "CopyObject" and "UploadPartCopy" in the OSS documentation. Image processing is
simulated: the bytes of a variant are the name of its style and the object's bytes, so that the variant changes with its
object. `?x-oss-process=style/thumb` and the key suffix `!thumb` are the same variant.
"""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from urllib.parse import quote

from oss_cdn_refresh_box.oss.errors import OssError
from oss_cdn_refresh_box.oss.store import Bucket, Stored, describe, digest
from oss_cdn_refresh_box.oss.task import SYMLINK_TARGET, Outcome, Task
from oss_cdn_refresh_box.oss.text import span
from oss_cdn_refresh_box.wire.serving import Response

OF_SOURCE = "x-oss-copy-source-"  # begins the names of the conditions on the source of a copy
OVERRIDES = "response-"  # parameters that replace a header of the answer: response-content-type …


def get(task: Task) -> Outcome:
    """GetObject, HeadObject and, with `?objectMeta`, GetObjectMeta."""
    parameters = task.parameters
    stored = variant(task.bucket, task.key, parameters.get("x-oss-process", ""))
    if task.image_time is not None and (parameters.get("x-oss-process") or task.key not in task.bucket.objects):
        stored = stored._replace(modified=task.image_time)
    if unchanged(stored, dict(task.headers)):
        return Outcome(Response(304, headers=describe(stored)))
    if "objectMeta" in parameters:
        return Outcome(Response(200, stored.body, describe(stored)))
    replaced = {name.removeprefix(OVERRIDES): value for name, value in parameters.items() if name.startswith(OVERRIDES)}
    if not all(map(str.isprintable, replaced.values())):
        raise OssError("InvalidArgument", "A header of the answer must not have control characters.")
    headers = {**describe(stored), "Accept-Ranges": "bytes", **stored.headers, **replaced}
    start, end = span(task.header("Range"), stored.size) or (0, stored.size)  # OSS ignores an invalid range
    body = stored.body[start:end]
    if len(body) == stored.size:
        return Outcome(Response(200, body, headers))
    return Outcome(Response(206, body, {**headers, "Content-Range": f"bytes {start}-{end - 1}/{stored.size}"}))


def variant(bucket: Bucket, key: str, process: str) -> Stored:
    """The object under this key, the target of its symlink, or an image style of either."""
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


def get_symlink(task: Task) -> Outcome:
    """GetSymlink."""
    stored = task.bucket.get(task.key)
    if stored.kind != "Symlink":
        raise OssError("NotSymlink", "The object is not symlink.")
    return Outcome(Response(200, headers={**describe(stored), SYMLINK_TARGET: quote(stored.target, "")}))


def unchanged(stored: Stored, headers: Mapping[str, str], before: str = "") -> bool:
    """Whether the conditions of a request lead to a 304; PreconditionFailed if they do not hold.

    `headers` have lower-case names; `before` is the prefix of the conditions' names.
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
    """A header's time in seconds since the epoch, or `otherwise` if it is missing or unreadable."""
    try:
        return int(parsedate_to_datetime(headers[name]).timestamp()) if name in headers else otherwise
    except ValueError:
        return otherwise
