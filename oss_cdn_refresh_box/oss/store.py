"""The content of a bucket: objects, unfinished uploads, static website hosting. No HTTP here, and no events."""

import hashlib
from collections.abc import Iterable, Mapping
from email.utils import formatdate
from typing import NamedTuple

from oss_cdn_refresh_box.oss.errors import OssError

LONGEST_KEY = 1_023  # bytes of UTF-8; "Object naming conventions"
SMALLEST_PART = 100 * 1024  # bytes, all parts but the last; "CompleteMultipartUpload"
KEPT = {"cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires"}


class Stored(NamedTuple):
    """One object: its bytes, and its own headers."""

    body: bytes
    headers: Mapping[str, str]
    etag: str  # upper-case hex, without quotes
    modified: float  # seconds since the epoch
    kind: str = "Normal"  # Normal, Appendable, Multipart or Symlink
    target: str = ""  # the key that a symlink points to

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.body)

    @property
    def last_modified(self) -> str:
        """The time in the format of HTTP, in whole seconds."""
        return formatdate(self.modified, usegmt=True)


class Upload(NamedTuple):
    """An unfinished multipart upload; `parts` by their numbers."""

    key: str
    headers: Mapping[str, str]
    begun: float  # seconds since the epoch
    parts: dict[int, bytes]


class Hosted(NamedTuple):
    """How website hosting answers visitors where no document says it; tests turn each to its other answer.

    redirects_home: `/docs/` is a redirect to the home page while sub-directory home pages are off; else the page.
    confirms_error: a conditional request for the error page is answered as for an object; else the page comes whole.
    """

    redirects_home: bool = False
    confirms_error: bool = False


class Website(NamedTuple):
    """The static website hosting of a bucket: its home page and its error page, "" where one is not set.

    GetBucketWebsite returns it. Without `hosted` it has no other effect.

    sub_directories: SupportSubDir, whether `/docs/` shows `docs/index.html`.
    kind: the answer to `/docs` then: 0 a redirect, 1 a 404, 2 the page.
    hosted: visitors who ask for a missing object get a page. `/` and sub-directory home pages are not modelled.
    """

    home: str = "index.html"
    error: str = ""
    error_status: int = 404
    sub_directories: bool = False
    kind: int = 0
    hosted: Hosted | None = None


class Bucket(NamedTuple):
    """A bucket. It keeps the current version of each object only; `versions` has their ids where the bucket has any."""

    name: str
    created: float
    objects: dict[str, Stored]
    uploads: dict[str, Upload]
    versions: dict[str, str]

    def get(self, key: str) -> Stored:
        """An object; NoSuchKey if there is none."""
        try:
            return self.objects[key]
        except KeyError:
            raise OssError("NoSuchKey", "The specified key does not exist.") from None

    def size_of(self, key: str) -> int:
        """The size of the object under this key in bytes, 0 without one."""
        return self.objects[key].size if key in self.objects else 0

    def upload(self, upload_id: str, key: str) -> Upload:
        """An unfinished upload to this key; NoSuchUpload if there is none."""
        upload = self.uploads.get(upload_id)
        if upload is None or upload.key != key:
            raise OssError("NoSuchUpload", "The specified upload does not exist.")
        return upload


def digest(body: bytes) -> str:
    """The ETag of a plain object."""
    return hashlib.md5(body, usedforsecurity=False).hexdigest().upper()


def kept(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The headers of a request that belong to the object and are returned with it, by lower-case name."""
    own = {name: value for name, value in headers if name in KEPT or name.startswith("x-oss-meta-")}
    return {"content-type": "application/octet-stream", **own}


def describe(stored: Stored) -> dict[str, str]:
    """The headers that every answer about an object has."""
    return {"ETag": f'"{stored.etag}"', "Last-Modified": stored.last_modified, "x-oss-object-type": stored.kind}


def check_key(key: str) -> None:
    """Raise InvalidObjectName for an invalid key; "Object naming conventions"."""
    if key.startswith(("/", "\\")) or not 0 < len(key.encode()) <= LONGEST_KEY:
        raise OssError("InvalidObjectName", "The specified object is not valid.")


def join(upload: Upload, numbered: Iterable[tuple[int, str]], now: float) -> Stored:
    """Join these parts (number, ETag) of an upload into an object.

    Its ETag is the digest of the parts' digests with their count, in the form of real ones (UNCONFIRMED: how OSS
    computes it).
    """
    numbers = []
    for number, etag in numbered:
        if number not in upload.parts or digest(upload.parts[number]) != etag.strip('"').upper():
            raise OssError("InvalidPart", "One or more of the specified parts could not be found.")
        numbers.append(number)
    if not numbers or numbers != sorted(set(numbers)):
        raise OssError("InvalidPartOrder", "The list of parts was not in ascending order.")
    parts = [upload.parts[number] for number in numbers]
    if any(len(part) < SMALLEST_PART for part in parts[:-1]):
        raise OssError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size.")
    etag = digest(b"".join(bytes.fromhex(digest(part)) for part in parts))
    return Stored(b"".join(parts), upload.headers, f"{etag}-{len(parts)}", now, "Multipart")
