"""The account on which a question is tried: a bucket, a domain in front of it, and the product of the domain.

Each run has a folder of its own below `PREFIX`, because the edge may still keep copies of an earlier run. In it, each
question has one, so that questions never meet, and one clean-up removes all.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import quote

from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import FILE, IGNORE_PARAMS, Item, ItemName, ObjectType, Target
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products import product
from oss_cdn_refresh.products.api import NOTHING, Api, Peer, Reply
from oss_cdn_refresh.products.interface import Product, ProductClient
from oss_cdn_refresh.transport.session import Session
from oss_cdn_refresh_cli.clients import oss_sdk
from oss_cdn_refresh_cli.clients.products import Quotas, quotas
from oss_cdn_refresh_cli.clients.smq import Queue
from oss_cdn_refresh_cli.edge.audit.edge import NO_HEADERS, Address
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.probing.answers import NotTried, Unclear
from oss_cdn_refresh_cli.probing.visitor import Served, Visitor

PREFIX = "oss-cdn-refresh-probe/"
A_DAY = {"Cache-Control": "max-age=86400"}  # without it, the CDN keeps a new file for 10 s


class Place(NamedTuple):
    """Where questions are tried.

    target: the product of the domain. prefix, path: a key without the prefix follows the path in the URL.
    connect_to: replaces the address of the domain. added: headers for the edge. queue: a queue of SMQ that gets OSS's
    notifications of the bucket and that nothing else reads, "" for none. run: the folder of the run.
    """

    bucket: str
    domain: str
    target: Target
    scheme: str = "https"
    prefix: str = ""
    path: str = "/"
    connect_to: Address | None = None
    added: Mapping[str, str] = NO_HEADERS
    queue: str = ""
    run: str = ""


class Called(NamedTuple):
    """The answer to a refresh or preload. code: the product's error code, "" if it accepted the call."""

    code: str
    message: str = ""
    task_ids: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the product accepted it: it named a task."""
        return not self.code


class Account:
    """What the steps of one question may use; `folder` is the question's name, "" for the folder of the run."""

    def __init__(self, operation: Operation, place: Place, folder: str) -> None:
        self.operation = operation
        self.effects = operation.effects
        self.place = place
        self._folder = place.prefix + PREFIX + "".join(f"{name}/" for name in (place.run, folder) if name)
        self._visitor = Visitor(operation.settings.seconds, place.connect_to, place.added)
        self._session = Session()

    @property
    def product(self) -> Product:
        """The product of the domain."""
        return product(self.place.target.product)

    # The bucket

    @cached_property
    def bucket(self) -> Any:
        """The bucket, as `oss2.Bucket`."""
        settings = self.operation.settings
        endpoint = settings.oss_endpoint()
        return oss_sdk.bucket(
            self.operation.credentials, endpoint, self.place.bucket, settings.region, settings.seconds
        )

    def key(self, name: str) -> str:
        """The key of an object in the question's folder."""
        return self._folder + name

    def put(self, name: str, body: str | bytes, headers: Mapping[str, str] = NO_HEADERS) -> None:
        """Write an object, which the edge may keep for a day."""
        self.bucket.put_object(self.key(name), body, headers={**A_DAY, **headers})

    def clean_up(self) -> int:
        """Delete every object of the folder; returns how many there were."""
        listed = oss_sdk.module().ObjectIteratorV2(self.bucket, prefix=self._folder)
        keys = [found.key for found in listed]
        for start in range(0, len(keys), 1_000):  # DeleteMultipleObjects, "at most 1,000"
            self.bucket.batch_delete_objects(keys[start : start + 1_000])
        return len(keys)

    # The queue

    @contextmanager
    def queue(self) -> Iterator[Queue]:
        """The queue of the option --queue.

        :raises NotTried: none was given.
        """
        if not self.place.queue:
            what = "it needs a queue that gets OSS's notifications of the bucket, and that nothing else reads"
            raise NotTried(f"{what}: make one in the console, and give --queue NAME")
        settings = self.operation.settings
        with Queue(
            settings.smq_endpoint(), self.place.queue, "--queue", self.operation.credentials, self.effects
        ) as queue:
            yield queue

    # The edge

    def url(self, name: str, query: str = "") -> str:
        """The URL of an object, all encoded; `query` is appended as it is."""
        key = self.key(name)[len(self.place.prefix) :]
        return self.spelled(quote(key, safe="/"), query)

    def spelled(self, path: str, query: str = "") -> str:
        """A URL of the domain with its path as it is spelled here, without the first slash."""
        return f"{self.place.scheme}://{self.place.domain}{self.place.path}{path}{query}"

    def get(self, url: str, headers: Mapping[str, str] = NO_HEADERS) -> Served:
        """The edge's answer.

        :raises Unclear: no answer came.
        """
        return self._visitor.get(url, headers)

    def warm(self, url: str, body: str | bytes) -> None:
        """Let the edge keep its copy of a URL, by asking twice.

        :raises Unclear: the edge serves something else, so there is nothing to compare later.
        """
        self.get(url)
        served = self.get(url)
        if served.body != (body if isinstance(body, bytes) else body.encode()):
            what = f"the edge answered {served.status} with other bytes than those in the bucket"
            raise Unclear(f"{url}: {what}: check that the domain shows this bucket, and its cache rules")

    def replace(self, name: str, old: str, new: str, urls: Sequence[str]) -> None:
        """Let the edge keep old copies of these URLs of an object, and write the new object.

        :raises Unclear: a copy is new although nobody refreshed it: the domain does not cache it.
        """
        self.put(name, old)
        for url in urls:
            self.warm(url, old)
        self.put(name, new)
        for url in urls:
            if self.get(url).body != old.encode():
                what = "the edge serves the new object without a refresh"
                raise Unclear(f"{url}: {what}: give the domain a cache rule of a day below {PREFIX}")

    # The product

    def client(self, ignore_params_type: str = IGNORE_PARAMS) -> ProductClient:
        """The function's client of the product."""
        return self.product.Client(self._peer, self.place.target, ignore_params_type)

    def refresh(
        self,
        *urls: str,
        object_type: ObjectType = FILE,
        force: bool = False,
        ignore_params_type: str = IGNORE_PARAMS,
    ) -> Called:
        """Submit one refresh."""
        items = tuple(Item(object_type, url, self.place.domain, self.place.target) for url in urls)
        return _called(lambda: self.client(ignore_params_type).refresh(Batch(object_type, force, items), self._seconds))

    def preload(self, *urls: str) -> Called:
        """Submit one preload."""
        return _called(lambda: self.client().preload(urls, self._seconds))

    def call(
        self,
        action: str,
        version: str,
        *,
        form: Mapping[str, str] = NOTHING,
        query: Mapping[str, str] = NOTHING,
        method: str = "POST",
    ) -> Reply:
        """Call any action of the product.

        :raises CallRefused: it was refused, or no answer came.
        """
        api = Api(self._peer, version, lambda _code, _status: Verdict.UNKNOWN)
        return api.call(action, self._seconds, form=form, query=query, method=method)

    def quotas(self) -> Quotas:
        """The day's quotas of the product.

        :raises Refused: the product refuses to tell.
        """
        return quotas(self.operation, self.place.target)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    @property
    def _peer(self) -> Peer:
        endpoint = self.operation.settings.products[self.place.target.product]
        return Peer(endpoint, self.operation.credentials, self._session, self.effects, set())

    @property
    def _seconds(self) -> float:
        return self.operation.settings.seconds


def names(urls: Sequence[str], object_type: ObjectType = FILE) -> list[ItemName]:
    """Items as a look-up of tasks compares them."""
    return [ItemName(object_type, url) for url in urls]


def _called(call: Any) -> Called:
    try:
        return Called("", task_ids=call())
    except CallRefused as error:
        if error.unanswered:
            raise Unclear(f"no answer of the product ({error.code}): run it again") from error
        return Called(error.code, error.message)
