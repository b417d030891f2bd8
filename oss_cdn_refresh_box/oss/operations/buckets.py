"""Operations on a bucket: create, delete, list, describe.

Facts: "PutBucket", "ListCname", "GetBucketWebsite" and "GetBucketInfo" in the OSS documentation.
"""

import re
from collections.abc import Iterator

from oss_cdn_refresh_box.oss.errors import OssError
from oss_cdn_refresh_box.oss.operations import listing
from oss_cdn_refresh_box.oss.store import Bucket, Website
from oss_cdn_refresh_box.oss.task import XML, Outcome, Task, xml
from oss_cdn_refresh_box.wire.markup import Node, document, fields
from oss_cdn_refresh_box.wire.serving import Response

NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")  # "Bucket naming conventions"


def create(task: Task) -> Outcome:
    """PutBucket; one's own bucket may be created again."""
    if not NAME.fullmatch(task.name):
        raise OssError("InvalidBucketName", "The specified bucket is not valid.")
    task.buckets.setdefault(task.name, Bucket(task.name, task.at, {}, {}, {}))
    return Outcome(Response(200))


def delete(task: Task) -> Outcome:
    """DeleteBucket; neither objects nor parts of unfinished uploads may be left."""
    if task.bucket.objects or task.bucket.uploads:
        raise OssError("BucketNotEmpty", "The bucket you tried to delete is not empty.")
    del task.buckets[task.name]
    return Outcome(Response(204))


def listed(task: Task) -> Outcome:
    """ListObjects and ListObjectsV2."""
    return Outcome(Response(200, listing.answer(task.bucket, task.parameters, task.account), XML))


def location(task: Task) -> Outcome:
    """GetBucketLocation."""
    return Outcome(Response(200, document(Node("LocationConstraint", f"oss-{task.region}")), XML))


def versioning(task: Task) -> Outcome:
    """GetBucketVersioning."""
    return Outcome(xml("VersioningConfiguration", [("Status", "Enabled")] if task.versioned else []))


def cnames(task: Task) -> Outcome:
    """ListCname: the domains that are bound to the bucket, and whether OSS refreshes the CDN for them.

    `IsPurgeCdnCache` stands in the answers that ossutil prints and in the official SDKs, not on the API's own page.
    """
    created = listing.moment(task.bucket.created)
    bound = [
        Node(
            "Cname",
            fields(
                [
                    ("Domain", domain),
                    ("LastModified", created),
                    ("Status", "Enabled"),
                    ("IsPurgeCdnCache", _yes(refreshes)),
                ]
            ),
        )
        for domain, refreshes in task.cnames.items()
    ]
    return Outcome(xml("ListCnameResult", [("Bucket", task.bucket.name), ("Owner", task.account)], bound))


def website(task: Task) -> Outcome:
    """GetBucketWebsite."""
    if task.website is None:
        message, bucket = "The specified bucket does not have a website configuration.", task.bucket.name
        raise OssError("NoSuchWebsiteConfiguration", message, elements=[("BucketName", bucket)])
    return Outcome(xml("WebsiteConfiguration", (), pages(task.website)))


def pages(hosting: Website) -> Iterator[Node]:
    """The pages of a website hosting, as GetBucketWebsite returns them."""
    if hosting.home:
        index: list[tuple[str, str | int]] = [
            ("Suffix", hosting.home),
            ("SupportSubDir", _yes(hosting.sub_directories)),
            ("Type", hosting.kind),
        ]
        yield Node("IndexDocument", fields(index))
    if hosting.error:
        yield Node("ErrorDocument", fields([("Key", hosting.error), ("HttpStatus", hosting.error_status)]))


def info(task: Task) -> Outcome:
    """GetBucketInfo."""
    endpoint = f"oss-{task.region}"
    values = [
        ("CreationDate", listing.moment(task.bucket.created)),
        ("ExtranetEndpoint", f"{endpoint}.aliyuncs.com"),
        ("IntranetEndpoint", f"{endpoint}-internal.aliyuncs.com"),
        ("Location", endpoint),
        ("Name", task.name),
        ("StorageClass", "Standard"),
    ]
    owner = Node("Owner", fields([("DisplayName", task.account), ("ID", task.account)]))
    grant = Node("AccessControlList", [Node("Grant", "public-read")])
    return Outcome(xml("BucketInfo", (), [Node("Bucket", [*fields(values), owner, grant])]))


def _yes(value: bool) -> str:  # noqa: FBT001 - one value of the XML
    return str(value).lower()
