"""The OSS service: it checks the sender, performs the operation, answers, and calls subscribers with each change.

Facts: the API reference of the OSS documentation; the clients that it serves are `oss2` 2.16 to 2.19 and
`alibabacloud-oss-v2` 1.4. `routing` lists the modelled operations; everything else is refused, such as old versions,
ACLs, tags, lifecycle rules and form uploads. CRC64 is neither checked nor answered.
"""

import base64
import itertools
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from oss_cdn_refresh_box.account.credentials import KEYS, Keys
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.oss.errors import OssError
from oss_cdn_refresh_box.oss.events import Cause, record
from oss_cdn_refresh_box.oss.routing import is_public, operation
from oss_cdn_refresh_box.oss.signing.access import Access
from oss_cdn_refresh_box.oss.signing.addressing import place
from oss_cdn_refresh_box.oss.store import Bucket, Stored, Website, digest, kept
from oss_cdn_refresh_box.oss.task import Outcome, Task, xml
from oss_cdn_refresh_box.oss.text import to_be_sent
from oss_cdn_refresh_box.wire.serving import Request, Response, StandIn

Subscriber = Callable[[dict[str, Any]], None]


class Oss(StandIn):
    """OSS behind a port of 127.0.0.1; use it as a context manager. `url` is the endpoint.

    buckets: the names of the existing buckets; a client can create more.
    keys: secrets by access key id, or whole credentials; read again on each request. Anybody may read objects.
    metadata_event: the event of a copy of an object onto itself, which is how `update_object_meta` of `oss2` works.
        UNCONFIRMED: it may be ObjectCreated:CopyObject. The documents say that ObjectModified:UpdateObjectMeta is the
        event of a change of an object's properties, but not which request makes it.
    image_time: the Last-Modified of processed images, in seconds since the epoch; None: that of the object.
        UNCONFIRMED: no document says which.
    cnames: for each bucket the domains that are bound to it, and whether OSS refreshes the CDN for them.
    websites: for each bucket its static website hosting; without an entry there is none.
    elsewhere: the regions of buckets in other regions, by name; OSS refuses them here and names the right endpoint.
    public_forbidden: refuse every request that does not name a bound domain, as the public endpoint does for accounts
        opened since 2025-03-20.
    versioned: the buckets with versions. An object's ids are given and can be deleted, but old versions are not kept.
    denied: subresources of buckets that no policy allows, such as "bucketInfo".
    """

    def __init__(
        self,
        clock: Clock,
        buckets: Iterable[str] = ("my-site",),
        *,
        region: str = "cn-hangzhou",
        account: str = "1234567890123456",
        keys: Keys = KEYS,
        metadata_event: str = "ObjectModified:UpdateObjectMeta",
        tls: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        self.cnames: dict[str, dict[str, bool]] = {}
        self.websites: dict[str, Website] = {}
        self.elsewhere: dict[str, str] = {}
        self.denied: set[str] = set()
        self.versioned: set[str] = set()
        self.image_time: float | None = None
        self.public_forbidden = False
        self._clock = clock
        self._region = region
        self._account = account
        self._metadata_event = metadata_event
        self._access = Access(clock, keys, region)
        self._buckets = {name: Bucket(name, clock.now(), {}, {}, {}) for name in buckets}
        self._subscribers: list[Subscriber] = []
        self._serial = itertools.count(1)
        self._lock = threading.Lock()
        super().__init__(self._serve, tls=tls, name="oss", port=port)

    def objects(self, bucket: str) -> Mapping[str, Stored]:
        """The objects of a bucket at this moment, by key. KeyError if there is no such bucket."""
        with self._lock:
            return dict(self._buckets[bucket].objects)

    def stock(self, bucket: str, bodies: Mapping[str, bytes]) -> None:
        """Put plain objects into a bucket, by key, without a request and without an event."""
        now = self._clock.now()
        objects = {key: Stored(body, kept(()), digest(body), now) for key, body in bodies.items()}
        with self._lock:
            self._buckets[bucket].objects.update(objects)

    def subscribe(self, callback: Subscriber) -> None:
        """Call back with the record of each change, one after the other, before the change is answered."""
        self._subscribers.append(callback)

    def _serve(self, request: Request) -> Response:
        request_id = f"{next(self._serial):024X}"
        now = self._clock.now()
        try:
            with self._lock:
                outcome = self._perform(request, request_id, now)
        except OssError as error:
            return self._refused(request, error, request_id)
        cause = Cause(self._account, self._region, now, "127.0.0.1", request_id)
        for change in outcome.changes:
            for subscriber in self._subscribers:
                subscriber(record(change, cause))
        return _identified(outcome.response, request_id)

    def _perform(self, request: Request, request_id: str, now: float) -> Outcome:
        bound = {domain: bucket for bucket, domains in self.cnames.items() for domain in domains}
        if self.public_forbidden and request.headers.get("Host", "").partition(":")[0] not in bound:
            raise OssError("PublicEndpointForbidden", "The public endpoint is forbidden for this account.")
        name, key = where = place(request, bound)
        admission = self._access.admit(request, where)
        names = (self._region, self._account, self._metadata_event, self.image_time)
        own = {given: value for given, value in request.parameters.items() if given not in admission.parameters}
        settings = (self.cnames.get(name, {}), self.websites.get(name), name in self.versioned)
        task = Task(request, request_id, now, *names, self._buckets, name, key, *settings, own)
        if not admission.known and not is_public(task):
            raise OssError("AccessDenied", "You have no right to access this object because of bucket acl.")
        if not task.key and self.denied & task.parameters.keys():
            raise OssError("AccessDenied", "You do not have the permission to do this by your RAM policies.")
        if task.name in self.elsewhere:
            raise _elsewhere(self.elsewhere[task.name])
        return operation(task)(task)

    def _refused(self, request: Request, error: OssError, request_id: str) -> Response:
        """The error as XML; the answer to a HEAD has it in a header."""
        status, code, message, own = error.refusal
        content = [("Code", code), ("Message", message), ("RequestId", request_id)]
        answer = xml("Error", [*content, ("HostId", request.headers.get("Host", "")), *error.elements])
        encoded = {"x-oss-err": base64.b64encode(answer.body).decode()} if request.method == "HEAD" else {}
        return _identified(Response(status, answer.body, {**answer.headers, **own, **encoded}), request_id)


def _elsewhere(region: str) -> OssError:
    """The refusal for a bucket of another region ("403 errors", "AccessDenied")."""
    return OssError(
        "AccessDenied",
        "The bucket you are attempting to access must be addressed using the specified endpoint.",
        elements=[("Endpoint", f"oss-{region}.aliyuncs.com")],
    )


def _identified(response: Response, request_id: str) -> Response:
    return response._replace(headers=to_be_sent({"x-oss-request-id": request_id, **response.headers}))
