"""Which operation of OSS a request asks for: the method, whether there is a key, and a parameter or a header."""

from collections.abc import Callable
from types import MappingProxyType

from local.oss import buckets, reading, symlinks, uploading, writing
from local.oss.errors import OssError
from local.oss.task import COPY_SOURCE, Outcome, Task

Operation = Callable[[Task], Outcome]

ON_OBJECTS: MappingProxyType[str, tuple[tuple[str, Operation], ...]] = MappingProxyType(
    {  # the first row whose parameter or header is there; "" always is
        "GET": (("uploadId", uploading.list_parts), ("symlink", symlinks.get), ("", reading.get)),
        "HEAD": (("symlink", symlinks.get), ("", reading.get)),
        "PUT": (
            ("uploadId", uploading.put_part),
            ("symlink", symlinks.put),
            (COPY_SOURCE, writing.copy),
            ("", writing.put),
        ),
        "POST": (("append", writing.append), ("uploads", uploading.initiate), ("uploadId", uploading.complete)),
        "DELETE": (("uploadId", uploading.abort), ("", writing.delete)),
    }
)
ON_BUCKETS: MappingProxyType[str, tuple[tuple[str, Operation], ...]] = MappingProxyType(
    {
        "GET": (
            ("bucketInfo", buckets.info),
            ("cname", buckets.cnames),
            ("location", buckets.location),
            ("website", buckets.website),
            ("", buckets.listed),
        ),
        "PUT": (("", buckets.create),),
        "POST": (("delete", writing.delete_many),),
    }
)
READING = {"GET", "HEAD"}


def operation(task: Task) -> Operation:
    """What the request asks for; MethodNotAllowed if that is nothing."""
    rows = (ON_OBJECTS if task.key else ON_BUCKETS).get(task.request.method, ())
    given = {"", *task.parameters, *(name.lower() for name in task.request.headers)}
    for mark, fitting in rows:
        if mark in given:
            return fitting
    raise OssError("MethodNotAllowed", "The specified method is not allowed against this resource.")


def is_public(task: Task) -> bool:
    """Whether anybody may ask for this, as in a public-read bucket."""
    return bool(task.key) and task.request.method in READING
