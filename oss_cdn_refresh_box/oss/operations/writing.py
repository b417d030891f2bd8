"""Writing and deleting objects; each operation returns its answer and the changes that it made.

Facts: the pages of PutObject, PutSymlink, AppendObject, CopyObject, DeleteObject and DeleteMultipleObjects in the OSS
documentation. Deleting a missing object makes no event.
"""

from urllib.parse import unquote

from oss_cdn_refresh_box.oss.errors import OssError
from oss_cdn_refresh_box.oss.events import Change
from oss_cdn_refresh_box.oss.operations.listing import moment
from oss_cdn_refresh_box.oss.operations.reading import OF_SOURCE, unchanged
from oss_cdn_refresh_box.oss.store import Bucket, Stored, check_key, describe, digest, kept
from oss_cdn_refresh_box.oss.task import SYMLINK_TARGET, Outcome, Task, xml
from oss_cdn_refresh_box.oss.text import whole
from oss_cdn_refresh_box.wire.markup import Node
from oss_cdn_refresh_box.wire.serving import Response

MOST_DELETED = 1_000  # keys in one request; "DeleteMultipleObjects"


def put(task: Task) -> Outcome:
    """PutObject."""
    body = task.body()
    stored = Stored(body, kept(task.headers), digest(body), task.at)
    change = place(task, stored, "ObjectCreated:PutObject")
    return Outcome(Response(200, headers={**describe(stored), **_new_version(task)}), (change,))


def put_symlink(task: Task) -> Outcome:
    """PutSymlink; the target need not exist."""
    try:
        target = unquote(task.header(SYMLINK_TARGET), errors="strict")
    except UnicodeDecodeError:
        target = ""
    check_key(target)
    stored = Stored(b"", kept(task.headers), digest(target.encode()), task.at, "Symlink", target)
    change = place(task, stored, "ObjectCreated:PutSymlink")
    return Outcome(Response(200, headers=describe(stored)), (change,))


def append(task: Task) -> Outcome:
    """AppendObject. The ETag is the digest of the whole object, unlike that of OSS."""
    if "position" not in task.parameters:
        raise OssError("MissingArgument", "The position of an append is required.")
    given = whole(task.parameters["position"])
    if given is None:
        raise OssError("InvalidArgument", "The position of an append must be a number.")
    there = task.bucket.objects.get(task.key)
    if there and there.kind != "Appendable":
        raise OssError("ObjectNotAppendable", "The object is not appendable.")
    position = there.size if there else 0
    if given != position:
        message = "Position is not equal to file length."
        raise OssError("PositionNotEqualToLength", message, {"x-oss-next-append-position": str(position)})
    body = (there.body if there else b"") + task.body()
    headers = there.headers if there else kept(task.headers)
    stored = Stored(body, headers, digest(body), task.at, "Appendable")
    change = place(task, stored, "ObjectCreated:AppendObject")
    answer = {**describe(stored), "x-oss-next-append-position": str(stored.size)}
    return Outcome(Response(200, headers=answer), (change._replace(position=position),))


def copy(task: Task) -> Outcome:
    """CopyObject; a copy of an object onto itself replaces the metadata, whatever the directive says."""
    origin, name = task.source()
    found = origin.get(name)
    if unchanged(found, dict(task.headers), OF_SOURCE):
        return Outcome(Response(304, headers=describe(found)))
    onto_itself = (origin.name, name) == (task.name, task.key)
    replaced = onto_itself or task.header("x-oss-metadata-directive").upper() == "REPLACE"
    headers = kept(task.headers) if replaced else found.headers
    stored = found._replace(headers=headers, modified=task.at)
    if not onto_itself:
        stored = stored._replace(kind="Normal", etag=digest(stored.body))
    change = place(task, stored, task.metadata_event if onto_itself else "ObjectCreated:CopyObject")
    answer = xml("CopyObjectResult", [("ETag", f'"{stored.etag}"'), ("LastModified", moment(task.at))])
    return Outcome(answer._replace(headers={**describe(stored), **answer.headers}), (change,))


def delete(task: Task) -> Outcome:
    """DeleteObject; deleting a missing object succeeds. A bucket with versions gets a delete marker."""
    marker = {**_new_version(task), "x-oss-delete-marker": "true"} if task.versioned else {}
    return Outcome(Response(204, headers=marker), _removed(task.bucket, [task.key], "ObjectRemoved:DeleteObject"))


def delete_version(task: Task) -> Outcome:
    """DeleteObject of one version. Only that of the current version makes an event (UNCONFIRMED)."""
    if not task.versioned:
        raise OssError("NotImplemented", "This stand-in models versionId in a bucket with versions only.")
    is_current = task.bucket.versions.get(task.key) == task.parameters["versionId"]
    return Outcome(Response(204), _removed(task.bucket, [task.key] if is_current else [], "ObjectRemoved:DeleteObject"))


def delete_many(task: Task) -> Outcome:
    """DeleteMultipleObjects."""
    root = task.document()
    keys = [found.findtext("Key") or "" for found in root.findall("Object")]
    if not 0 < len(keys) <= MOST_DELETED:
        raise OssError("MalformedXML", "The XML you provided was not well-formed or did not validate.")
    if root.find("Object/VersionId") is not None:
        raise OssError("NotImplemented", "This stand-in keeps no versions.")
    changes = _removed(task.bucket, keys, "ObjectRemoved:DeleteObjects")
    if root.findtext("Quiet") == "true":
        return Outcome(Response(200), changes)
    deleted = [Node("Deleted", [Node("Key", task.encode(key))]) for key in keys]
    return Outcome(xml("DeleteResult", task.encoding, deleted), changes)


def place(task: Task, stored: Stored, event: str) -> Change:
    """Put an object under the task's key; FileAlreadyExists if the request forbids to overwrite the one there."""
    check_key(task.key)
    bucket = task.bucket
    if task.key in bucket.objects and task.header("x-oss-forbid-overwrite") == "true":
        raise OssError("FileAlreadyExists", "The object you specified already exists and can not be overwritten.")
    change = Change(event, task.name, task.key, stored, stored.size - bucket.size_of(task.key))
    bucket.objects[task.key] = stored
    return change


def _new_version(task: Task) -> dict[str, str]:
    """The header with the id of the object's new version, which is the current one from now on; {} without versions."""
    if not task.versioned:
        return {}
    task.bucket.versions[task.key] = task.id
    return {"x-oss-version-id": task.id}


def _removed(bucket: Bucket, keys: list[str], event: str) -> tuple[Change, ...]:
    there = [(key, bucket.objects.pop(key)) for key in dict.fromkeys(keys) if key in bucket.objects]
    return tuple(Change(event, bucket.name, key, stored, -stored.size, 0) for key, stored in there)
