"""The multipart upload: initiate, upload or copy parts, complete, abort.

Each step makes an event, as in OSS: a subscriber to `ObjectCreated:*` gets one for every part, although the object
appears only when the upload is complete.
"""

from oss_cdn_refresh_box.oss.errors import OssError
from oss_cdn_refresh_box.oss.events import Change
from oss_cdn_refresh_box.oss.operations.listing import moment
from oss_cdn_refresh_box.oss.operations.reading import OF_SOURCE, unchanged
from oss_cdn_refresh_box.oss.operations.writing import place
from oss_cdn_refresh_box.oss.store import Stored, Upload, check_key, describe, digest, join, kept
from oss_cdn_refresh_box.oss.task import COPY_SOURCE, Outcome, Task, xml
from oss_cdn_refresh_box.oss.text import span, whole
from oss_cdn_refresh_box.wire.markup import Node, fields
from oss_cdn_refresh_box.wire.serving import EMPTY, Response

PART_NUMBERS = range(1, 10_001)  # "UploadPart"


def initiate(task: Task) -> Outcome:
    """InitiateMultipartUpload; the request's id becomes the upload's."""
    check_key(task.key)
    task.bucket.uploads[task.id] = Upload(task.key, kept(task.headers), task.at, {})
    values = [*task.encoding, ("Bucket", task.name), ("Key", task.encode(task.key)), ("UploadId", task.id)]
    answer = xml("InitiateMultipartUploadResult", values)
    return Outcome(answer, (_step(task, "ObjectCreated:InitiateMultipartUpload"),))


def put_part(task: Task) -> Outcome:
    """UploadPart or, with a copy source, UploadPartCopy."""
    upload = task.bucket.upload(task.parameters["uploadId"], task.key)
    number = whole(task.parameters.get("partNumber", ""))
    if number is None or number not in PART_NUMBERS:
        raise OssError("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive.")
    if COPY_SOURCE in task.request.headers:
        return _copy_part(task, upload, number)
    body = upload.parts[number] = task.body()
    answer = Response(200, headers={"ETag": f'"{digest(body)}"'})
    return Outcome(answer, (_step(task, "ObjectCreated:UploadPart", body),))


def _copy_part(task: Task, upload: Upload, number: int) -> Outcome:
    """UploadPartCopy; it ignores an invalid range ("x-oss-copy-source-range").

    A range that begins behind the end of the object counts as invalid here (UNCONFIRMED).
    """
    origin, name = task.source()
    found = origin.get(name)
    if unchanged(found, dict(task.headers), OF_SOURCE):
        return Outcome(Response(304, headers=describe(found)))
    part = span(task.header("x-oss-copy-source-range"), found.size)
    start, end = part or (0, found.size)
    body = upload.parts[number] = found.body[start:end]
    etag = ("ETag", f'"{digest(body)}"')
    ranged = {"Content-Range": f"bytes {start}-{end - 1}/{found.size}"} if part else {}
    answer = xml("CopyPartResult", [("LastModified", moment(task.at)), etag])
    change = _step(task, "ObjectCreated:UploadPartCopy", body)
    return Outcome(answer._replace(headers={**dict([etag]), **ranged, **answer.headers}), (change,))


def list_parts(task: Task) -> Outcome:
    """ListParts; all of them, however few the client asks for."""
    upload_id = task.parameters["uploadId"]
    upload = task.bucket.upload(upload_id, task.key)
    values = [*task.encoding, ("Bucket", task.name), ("Key", task.encode(task.key)), ("UploadId", upload_id)]
    values += [("IsTruncated", "false")]
    parts = [_listed(number, upload) for number in sorted(upload.parts)]
    return Outcome(xml("ListPartsResult", [*values, ("NextPartNumberMarker", max(upload.parts, default=0))], parts))


def complete(task: Task) -> Outcome:
    """CompleteMultipartUpload: of the parts in the body, or of all parts with `x-oss-complete-all`."""
    upload_id = task.parameters["uploadId"]
    upload = task.bucket.upload(upload_id, task.key)
    stored = join(upload, _parts(task, upload), task.at)
    change = place(task, stored, "ObjectCreated:CompleteMultipartUpload")
    del task.bucket.uploads[upload_id]
    values = [*task.encoding, ("Bucket", task.name), ("Key", task.encode(task.key)), ("ETag", f'"{stored.etag}"')]
    answer = xml("CompleteMultipartUploadResult", values)
    return Outcome(answer._replace(headers={**describe(stored), **answer.headers}), (change,))


def abort(task: Task) -> Outcome:
    """AbortMultipartUpload: deletes the upload and its parts."""
    upload_id = task.parameters["uploadId"]
    task.bucket.upload(upload_id, task.key)
    del task.bucket.uploads[upload_id]
    return Outcome(Response(204), (_step(task, "ObjectRemoved:AbortMultipartUpload"),))


def _step(task: Task, event: str, body: bytes = b"") -> Change:
    return Change(event, task.name, task.key, Stored(body, EMPTY, digest(body), task.at), 0)


def _listed(number: int, upload: Upload) -> Node:
    body = upload.parts[number]
    values: list[tuple[str, str | int]] = [("PartNumber", number), ("LastModified", moment(upload.begun))]
    return Node("Part", fields([*values, ("ETag", f'"{digest(body)}"'), ("Size", len(body))]))


def _parts(task: Task, upload: Upload) -> list[tuple[int, str]]:
    if task.header("x-oss-complete-all") == "yes":
        return [(number, digest(upload.parts[number])) for number in sorted(upload.parts)]
    parts = []
    for named in task.document().findall("Part"):
        number = whole(named.findtext("PartNumber") or "")
        if number is None:
            raise OssError("MalformedXML", "The XML you provided was not well-formed or did not validate.")
        parts.append((number, named.findtext("ETag") or ""))
    return parts
