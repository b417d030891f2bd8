"""PutSymlink and GetSymlink; a link's target need not exist."""

from urllib.parse import quote, unquote

from local.oss.errors import OssError
from local.oss.operations.writing import place
from local.oss.store import Stored, check_key, describe, digest, kept
from local.oss.task import Outcome, Task
from local.wire.serving import Response

TARGET = "x-oss-symlink-target"


def put(task: Task) -> Outcome:
    """PutSymlink."""
    try:
        target = unquote(task.header(TARGET), errors="strict")
    except UnicodeDecodeError:
        target = ""
    check_key(target)
    stored = Stored(b"", kept(task.headers), digest(target.encode()), task.at, "Symlink", target)
    change = place(task, stored, "ObjectCreated:PutSymlink")
    return Outcome(Response(200, headers=describe(stored)), (change,))


def get(task: Task) -> Outcome:
    """GetSymlink."""
    stored = task.bucket.get(task.key)
    if stored.kind != "Symlink":
        raise OssError("NotSymlink", "The object is not symlink.")
    return Outcome(Response(200, headers={**describe(stored), TARGET: quote(stored.target, "")}))
