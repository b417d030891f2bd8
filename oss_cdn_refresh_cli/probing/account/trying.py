"""What the steps of a question may use: the bucket, the queue, the edge and the product."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.item import FILE, IGNORE_PARAMS, Item, ObjectType
from oss_cdn_refresh.model.limits import SECOND
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products import product
from oss_cdn_refresh.products.api import NOTHING, Api, Peer, Reply
from oss_cdn_refresh.products.interface import Product, ProductClient
from oss_cdn_refresh.transport.session import Session
from oss_cdn_refresh_cli.clients import listing, oss_sdk
from oss_cdn_refresh_cli.clients.products import Quotas, quotas
from oss_cdn_refresh_cli.clients.smq import NOT_IN_XML, Queue
from oss_cdn_refresh_cli.edge.audit.edge import NO_HEADERS
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.probing.account.called import Called, called
from oss_cdn_refresh_cli.probing.account.place import PREFIX, Place
from oss_cdn_refresh_cli.probing.account.visitor import Served, Visitor
from oss_cdn_refresh_cli.probing.answers import NotTried, Unclear
from oss_cdn_refresh_cli.queues import reader

A_DAY = {"Cache-Control": "max-age=86400"}  # without it, the CDN keeps a new file for 10 s
OTHER_NAME = "ExQuery"  # of IgnoreParams, in some documents of the CDN


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
        return listing.bucket_of(self.operation, self.place.bucket)

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
        together = [key for key in keys if not NOT_IN_XML.search(key)]
        for start in range(0, len(together), 1_000):  # DeleteMultipleObjects, "at most 1,000"
            self.bucket.batch_delete_objects(together[start : start + 1_000])
        for key in filter(NOT_IN_XML.search, keys):
            self.bucket.delete_object(key)
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
        with reader.queue(self.operation, self.place.queue, "--queue") as queue:
            yield queue

    # The edge

    def url(self, name: str, query: str = "") -> str:
        """The URL of an object, all encoded; `query` is appended as it is."""
        key = self.key(name)[len(self.place.prefix) :]
        return self.spelled(quote(key, safe="/"), query)

    def spelled(self, path: str, query: str = "") -> str:
        """A URL of the domain; `path` is spelled exactly like this, without the first slash."""
        return f"{self.place.scheme}://{self.place.domain}{self.place.path}{path}{query}"

    def get(self, url: str, headers: Mapping[str, str] = NO_HEADERS) -> Served:
        """The edge's answer.

        :raises Unclear: no answer came.
        """
        return self._visitor.get(url, headers)

    def is_new(self, url: str, old: str, new: str) -> bool:
        """Whether the edge serves the new object; False: the old one.

        :raises Unclear: it serves neither, such as an error page, or no answer came.
        """
        served = self.get(url)
        if served.status != HTTPStatus.OK or served.body not in {old.encode(), new.encode()}:
            what = f"the edge answered {served.status}, and neither the old object nor the new one"
            raise Unclear(f"{url}: {what}: run the probe again")
        return served.body == new.encode()

    def fill_cache(self, url: str, body: str | bytes) -> None:
        """Let the edge cache a URL, by two requests.

        :raises Unclear: the edge serves something else, so there is nothing to compare later.
        """
        self.get(url)
        served = self.get(url)
        if served.status != HTTPStatus.OK or served.body != (body if isinstance(body, bytes) else body.encode()):
            what = f"the edge answered {served.status} with other bytes than those in the bucket"
            raise Unclear(f"{url}: {what}: check that the domain shows this bucket, and its cache rules")

    def replace(self, name: str, old: str, new: str, urls: Sequence[str]) -> None:
        """Let the edge cache old copies of these URLs of an object, and write the new object.

        :raises Unclear: a copy is new although nobody refreshed it: the domain does not cache it.
        """
        self.put(name, old)
        for url in urls:
            self.fill_cache(url, old)
        self.put(name, new)
        for url in urls:
            if self.is_new(url, old, new):
                what = "the edge serves the new object without a refresh"
                raise Unclear(f"{url}: {what}: give the domain a cache rule of a day below {PREFIX}")

    # The product

    def client(self, ignore_params_type: str = IGNORE_PARAMS) -> ProductClient:
        """The function's client of the product, after a pause if the product takes few calls a second."""
        self._pace()
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
        return called(lambda: self.client(ignore_params_type).refresh(Batch(object_type, force, items), self._seconds))

    def refresh_all_queries(self, *urls: str) -> Called:
        """Submit items that clear all queries of their URLs, under the name of the type that the product takes."""
        answer = self.refresh(*urls, object_type=IGNORE_PARAMS)
        if answer.verdict is Verdict.BAD_REQUEST:
            answer = self.refresh(*urls, object_type=IGNORE_PARAMS, ignore_params_type=OTHER_NAME)
        return answer

    def preload(self, *urls: str) -> Called:
        """Submit one preload."""
        return called(lambda: self.client().preload(urls, self._seconds))

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
        self._pace()
        api = Api(self._peer, version, lambda _code, _status: Verdict.UNKNOWN)
        return api.call(action, self._seconds, form=form, query=query, method=method)

    def quotas(self) -> Quotas:
        """The day's quotas of the product.

        :raises Refused: the product refuses the call.
        """
        return quotas(self.operation, self.place.target)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _pace(self) -> None:
        if self.product.LIMITS.always_paced:
            self.effects.sleep(SECOND / self.product.LIMITS.calls_per_second)

    @property
    def _peer(self) -> Peer:
        endpoint = self.operation.settings.products[self.place.target.product]
        return Peer(endpoint, self.operation.credentials, self._session, self.effects, set())

    @property
    def _seconds(self) -> float:
        return self.operation.settings.seconds
