"""GetObject and HeadObject: whole or in part, on condition, through a symlink, as an image style.

Facts: "GetObject" in the OSS documentation. Image processing is played: a variant is the object's bytes after the
style's name, so that one sees the variant change with its object. `?x-oss-process=style/thumb` and the key
suffix `!thumb` are the same variant.
"""

from local.oss.errors import OssError
from local.oss.numbers import span
from local.oss.operations.conditions import unchanged
from local.oss.store import Bucket, Stored, describe, digest
from local.oss.task import Outcome, Task
from local.wire.serving import Response

OVERRIDES = "response-"  # parameters that replace a header of the answer: response-content-type …


def get(task: Task) -> Outcome:
    """GetObject, HeadObject and, with `?objectMeta`, GetObjectMeta."""
    parameters = task.parameters
    stored = variant(task.bucket, task.key, parameters.get("x-oss-process", ""))
    if unchanged(stored, dict(task.headers)):
        return Outcome(Response(304, headers=describe(stored)))
    if "objectMeta" in parameters:
        return Outcome(Response(200, stored.body, describe(stored)))
    replaced = {name.removeprefix(OVERRIDES): value for name, value in parameters.items() if name.startswith(OVERRIDES)}
    if not all(map(str.isprintable, replaced.values())):
        raise OssError("InvalidArgument", "A header of the answer must not have control characters.")
    headers = {**describe(stored), "Accept-Ranges": "bytes", **stored.headers, **replaced}
    start, end = span(task.header("Range"), stored.size) or (0, stored.size)  # OSS ignores what makes no sense
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
