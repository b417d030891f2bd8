"""The multipart upload: initiate, upload or copy parts, complete, abort.

Each step is an event of its own, as with OSS: a subscriber to `ObjectCreated:*` hears of every part, though
nothing is to be seen before the upload is complete.
"""

from local.markup import Node, fields
from local.oss.errors import OssError
from local.oss.events import Change
from local.oss.listing import moment
from local.oss.store import Stored, Upload, check_key, describe, digest, join, kept
from local.oss.task import COPY_SOURCE, Outcome, Task, xml
from local.oss.writing import place
from local.serving import EMPTY, Response

PART_NUMBERS = range(1, 10_001)  # "UploadPart"


def initiate(task: Task) -> Outcome:
    """InitiateMultipartUpload; the request's id becomes the upload's."""
    check_key(task.key)
    task.bucket.uploads[task.id] = Upload(task.key, kept(task.headers), task.at, {})
    answer = xml("InitiateMultipartUploadResult", [("Bucket", task.name), ("Key", task.key), ("UploadId", task.id)])
    return Outcome(answer, (_step(task, "ObjectCreated:InitiateMultipartUpload"),))


def put_part(task: Task) -> Outcome:
    """UploadPart or, with a copy source, UploadPartCopy."""
    upload = task.bucket.upload(task.parameters["uploadId"], task.key)
    number = task.parameters.get("partNumber", "")
    if not number.isdigit() or int(number) not in PART_NUMBERS:
        raise OssError("InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive.")
    copied = COPY_SOURCE in task.request.headers
    body = upload.parts[int(number)] = _copied(task) if copied else task.body()
    etag = {"ETag": f'"{digest(body)}"'}
    answer = xml("CopyPartResult", etag.items()) if copied else Response(200)
    change = _step(task, "ObjectCreated:UploadPartCopy" if copied else "ObjectCreated:UploadPart", body)
    return Outcome(answer._replace(headers={**etag, **answer.headers}), (change,))


def list_parts(task: Task) -> Outcome:
    """ListParts; all of them, however few the client asks for."""
    upload_id = task.parameters["uploadId"]
    upload = task.bucket.upload(upload_id, task.key)
    told = [("Bucket", task.name), ("Key", task.key), ("UploadId", upload_id), ("IsTruncated", "false")]
    parts = [_listed(number, upload) for number in sorted(upload.parts)]
    return Outcome(xml("ListPartsResult", [*told, ("NextPartNumberMarker", max(upload.parts, default=0))], parts))


def complete(task: Task) -> Outcome:
    """CompleteMultipartUpload: of the parts that the body names, or of all of them with `x-oss-complete-all`."""
    upload_id = task.parameters["uploadId"]
    upload = task.bucket.upload(upload_id, task.key)
    stored = join(upload, _parts(task, upload), task.at)
    change = place(task, stored, "ObjectCreated:CompleteMultipartUpload")
    del task.bucket.uploads[upload_id]
    told = [("Bucket", task.name), ("Key", task.key), ("ETag", f'"{stored.etag}"')]
    answer = xml("CompleteMultipartUploadResult", told)
    return Outcome(answer._replace(headers={**describe(stored), **answer.headers}), (change,))


def abort(task: Task) -> Outcome:
    """AbortMultipartUpload: the upload and its parts are forgotten."""
    upload_id = task.parameters["uploadId"]
    task.bucket.upload(upload_id, task.key)
    del task.bucket.uploads[upload_id]
    return Outcome(Response(204), (_step(task, "ObjectRemoved:AbortMultipartUpload"),))


def _step(task: Task, event: str, body: bytes = b"") -> Change:
    return Change(event, task.name, task.key, Stored(body, EMPTY, digest(body), task.at), 0)


def _listed(number: int, upload: Upload) -> Node:
    body = upload.parts[number]
    told: list[tuple[str, str | int]] = [("PartNumber", number), ("LastModified", moment(upload.begun))]
    return Node("Part", fields([*told, ("ETag", f'"{digest(body)}"'), ("Size", len(body))]))


def _copied(task: Task) -> bytes:
    origin, name = task.source()
    first, dash, last = task.header("x-oss-copy-source-range").removeprefix("bytes=").partition("-")
    body = origin.get(name).body
    return body[int(first) : int(last) + 1] if dash else body


def _parts(task: Task, upload: Upload) -> list[tuple[int, str]]:
    if task.header("x-oss-complete-all") == "yes":
        return [(number, digest(upload.parts[number])) for number in sorted(upload.parts)]
    named = task.document().findall("Part")
    try:
        return [(int(part.findtext("PartNumber") or ""), part.findtext("ETag") or "") for part in named]
    except ValueError as error:
        raise OssError("MalformedXML", "The XML you provided was not well-formed or did not validate.") from error
