"""Reads a bucket's static website hosting, and its first objects, from OSS. Nothing here writes."""

from typing import NamedTuple
from xml.etree import ElementTree as ET

from oss_cdn_refresh_cli.doctor.services import Asked, at_home, oss_bucket

KEYS_PER_PAGE = 1_000  # ListObjectsV2, "max-keys"
INDEX_KIND = "2"  # PutBucketWebsite, "Type": Index; 0 is Redirect, 1 is NoSuchKey
OK_STATUS, ERROR_STATUS = 200, 404  # PutBucketWebsite, "HttpStatus" where it is not set


class Website(NamedTuple):
    """GetBucketWebsite: the pages of a static website hosting, "" if one is not set.

    home: the index document. error_status: the status of the error page.
    sub_directories: SupportSubDir, whether `/docs/` shows docs/index.html. kind: Type, the answer to `/docs` then.
    """

    home: str
    error: str
    error_status: int
    sub_directories: bool
    kind: str

    @property
    def under_every_slash(self) -> str:
        """The page of every URL with `/` at its end, "" if each directory has its own."""
        return "" if self.sub_directories else self.home

    @property
    def under_missing_paths(self) -> str:
        """The page of every URL without an object, if its status is 200, else ""."""
        return self.error if self.error_status == OK_STATUS else ""

    @property
    def shows_bare_directories(self) -> bool:
        """Whether `/docs` shows docs/index.html with status 200, and does not lead to `/docs/` or answer 404."""
        return self.sub_directories and self.kind == INDEX_KIND


def website(asked: Asked, name: str, signed_for: str) -> Website | None:
    """OSS, GetBucketWebsite; None if the bucket has no static website hosting, or lies in another region."""
    from oss2.exceptions import NoSuchWebsite  # noqa: PLC0415 - a third of a second

    bucket = oss_bucket(asked, name, signed_for)
    try:
        # get_bucket_website of oss2 (2.19) leaves out SupportSubDir, Type and HttpStatus.
        location, answer = at_home(lambda: bucket._do("GET", name, "", params={"website": ""}).read())  # noqa: SLF001
    except NoSuchWebsite:
        return None
    return None if location else _website(answer)


def first_keys(asked: Asked, name: str, prefix: str, signed_for: str) -> list[str]:
    """OSS, ListObjectsV2: the first keys under a prefix, at most 1,000; [] for a bucket of another region."""
    bucket = oss_bucket(asked, name, signed_for)
    location, found = at_home(lambda: bucket.list_objects_v2(prefix=prefix, max_keys=KEYS_PER_PAGE))
    return [] if location else [stored.key for stored in found.object_list]


def _website(document: bytes) -> Website:
    root = ET.fromstring(document)  # noqa: S314 - an answer of OSS; expat bounds entities since 2.4
    if root.tag != "WebsiteConfiguration":
        raise ValueError("the answer is no website configuration")

    def text(path: str) -> str:
        return (root.findtext(path) or "").strip()

    status = text("ErrorDocument/HttpStatus")
    return Website(
        text("IndexDocument/Suffix"),
        text("ErrorDocument/Key"),
        int(status) if status in {"200", "404"} else ERROR_STATUS,
        text("IndexDocument/SupportSubDir").lower() == "true",
        text("IndexDocument/Type"),
    )
