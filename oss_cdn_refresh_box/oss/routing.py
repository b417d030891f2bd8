"""Finds the operation that a request asks for.

The tables list everything that is modelled. A request with a parameter that its row does not name is refused, so that
one operation is never taken for another. Only a reader may add parameters that OSS ignores, such as `?v=2` of a web
page.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import NamedTuple

from oss_cdn_refresh_box.oss.errors import OssError
from oss_cdn_refresh_box.oss.operations import buckets, hosting, reading, uploading, writing
from oss_cdn_refresh_box.oss.signing.signatures import KNOWN, OVERRIDES, means_something
from oss_cdn_refresh_box.oss.task import COPY_SOURCE, Outcome, Task

Operation = Callable[[Task], Outcome]


class Row(NamedTuple):
    """An operation, the parameters and the header that select it, and its other parameters."""

    operation: Operation
    marks: frozenset[str] = frozenset()
    options: frozenset[str] = frozenset()
    header: str = ""


Table = MappingProxyType[str, tuple[Row, ...]]


def _row(operation: Operation, marks: str = "", options: str = "", header: str = "") -> Row:
    return Row(operation, frozenset(marks.split()), frozenset(options.split()), header)


READ = hosting.visit, "", f"x-oss-process {' '.join(sorted(OVERRIDES))}"
META = reading.get, "objectMeta"
LIST = "prefix delimiter marker max-keys encoding-type list-type start-after continuation-token fetch-owner"

ON_OBJECTS: Table = MappingProxyType(
    {  # by method: the first row whose marks and header are in the request
        "GET": (
            _row(uploading.list_parts, "uploadId", "max-parts part-number-marker encoding-type"),
            _row(reading.get_symlink, "symlink"),
            _row(*META),
            _row(*READ),
        ),
        "HEAD": (_row(reading.get_symlink, "symlink"), _row(*META), _row(*READ)),
        "PUT": (
            _row(uploading.put_part, "uploadId", "partNumber"),
            _row(writing.put_symlink, "symlink"),
            _row(writing.copy, header=COPY_SOURCE),
            _row(writing.put),
        ),
        "POST": (
            _row(writing.append, "append", "position"),
            _row(uploading.initiate, "uploads", "encoding-type"),
            _row(uploading.complete, "uploadId", "encoding-type"),
        ),
        "DELETE": (_row(uploading.abort, "uploadId"), _row(writing.delete_version, "versionId"), _row(writing.delete)),
    }
)
ON_BUCKETS: Table = MappingProxyType(
    {
        "GET": (
            _row(buckets.info, "bucketInfo"),
            _row(buckets.cnames, "cname"),
            _row(buckets.versioning, "versioning"),
            _row(buckets.location, "location"),
            _row(buckets.website, "website"),
            _row(buckets.listed, "", LIST),
        ),
        "PUT": (_row(buckets.create),),
        "POST": (_row(writing.delete_many, "delete", "encoding-type"),),
        "DELETE": (_row(buckets.delete),),
    }
)
READING = {"GET", "HEAD"}
HEADERS: MappingProxyType[str, frozenset[str]] = MappingProxyType(
    {  # not modelled, but for these values
        "x-oss-object-acl": frozenset({"default", "public-read"}),
        "x-oss-storage-class": frozenset({"Standard"}),
        "x-oss-server-side-encryption": frozenset(),
        "x-oss-tagging": frozenset(),
        "x-oss-callback": frozenset(),
    }
)


def operation(task: Task) -> Operation:
    """The operation that a request asks for.

    Raises:
        OssError: NotImplemented for a parameter or a header that is not modelled there, MethodNotAllowed for a method.

    """
    if not task.name:
        raise OssError("NotImplemented", "This stand-in does not model requests without a bucket.")
    for name, harmless in HEADERS.items():
        if task.header(name) not in harmless | {""}:
            raise OssError("NotImplemented", f"This stand-in does not model the header {name} with this value.")
    rows = (ON_OBJECTS if task.key else ON_BUCKETS).get(task.request.method, ())
    given = task.parameters.keys()
    for row in rows:
        if row.marks <= given and (not row.header or row.header in task.request.headers):
            _refuse(task, given - row.marks - row.options)
            return row.operation
    _refuse(task, set(given))
    raise OssError("MethodNotAllowed", "The specified method is not allowed against this resource.")


def is_public(task: Task) -> bool:
    """Whether the request needs no access key, as in a public-read bucket."""
    return bool(task.key) and task.request.method in READING and "uploadId" not in task.parameters


def _refuse(task: Task, names: set[str]) -> None:
    """Refuse a request with parameters that are not modelled; a reader may add those that OSS ignores."""
    if is_public(task):
        names = set(filter(means_something, names))
    if names:
        shown = ", ".join(sorted(KNOWN & names)) or "a parameter that it does not know"
        raise OssError("NotImplemented", f"This stand-in does not model {task.request.method} with {shown}.")
