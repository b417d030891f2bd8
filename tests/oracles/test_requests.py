"""Oracle: the official SDKs of CDN, DCDN and ESA. Random requests of our clients must equal theirs.

The action, the version, the parameters and the signature must be equal.

What may differ: where parameters travel (DCDN: in the form body, as its pages say; its SDK uses the query, into which
1,000 URLs do not fit), the case of `True`, and the empty `CacheKeys` that ESA's SDK adds to each Content.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, NamedTuple

import pytest
from alibabacloud_cdn20180510 import models as cdn_models
from alibabacloud_cdn20180510.client import Client as CdnSdk
from alibabacloud_dcdn20180115 import models as dcdn_models
from alibabacloud_dcdn20180115.client import Client as DcdnSdk
from alibabacloud_esa20240910 import models as esa_models
from alibabacloud_esa20240910.client import Client as EsaSdk
from alibabacloud_tea_openapi.models import Config
from world import NOON

from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.confirmation import Submission
from oss_cdn_refresh.model.effects import Effects, timestamp
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, OBJECT_TYPES, Item, ObjectType, Target
from oss_cdn_refresh.products import product
from oss_cdn_refresh.products.api import Peer
from oss_cdn_refresh.products.interface import ProductClient
from oss_cdn_refresh.products.signature import authorization
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh.transport.session import Session
from oss_cdn_refresh_box.account.signature_v1 import form
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.wire.serving import Request, Response, Server

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

SITE = 1_234_567_890_123
KEY = Credentials("AK", "SECRET")
ANSWER = json.dumps({"RefreshTaskId": "1", "PushTaskId": "1", "PreloadTaskId": "1", "TaskId": "1", "Tasks": []})
PARTS = ("a", "b.jpg", "%20", "%2B", "+", "*", "~", "%E4%B8%AD", "!", "'()", ";", "=", "&", "@", "x?y=1&z=%26", "/")
SEEDS, CALLS = range(20), 50  # 1,000 requests of each product


class Asked(NamedTuple):
    """A request of one product, as our client and the official SDK make it."""

    ours: Callable[[ProductClient], object]
    theirs: Callable[[Any], object]


def urls(random: Random, *, slash: bool = False) -> list[str]:
    """Some random URLs."""
    return [
        f"https://www.example.com/{''.join(random.choices(PARTS, k=random.randint(1, 6)))}{'/' if slash else ''}"
        for _ in range(random.randint(1, 5))
    ]


def batch(object_type: ObjectType, some: list[str], *, force: bool) -> Batch:
    """A batch of these URLs."""
    return Batch(object_type, force, tuple(Item(object_type, url, "www.example.com", Target("")) for url in some))


def of_cdn(random: Random) -> Asked:
    """A request to the CDN."""
    kind, some, force = random.choice(OBJECT_TYPES), urls(random), random.random() < 0.5
    ids = [str(random.randrange(10**9)) for _ in range(random.randint(1, 10))]
    refresh = cdn_models.RefreshObjectCachesRequest(force or None, "\n".join(some), kind)
    return random.choice(
        [
            Asked(
                lambda ours: ours.refresh(batch(kind, some, force=force), 5),
                lambda sdk: sdk.refresh_object_caches(refresh),
            ),
            Asked(
                lambda ours: ours.preload(some, 5),
                lambda sdk: sdk.push_object_cache(cdn_models.PushObjectCacheRequest(object_path="\n".join(some))),
            ),
            Asked(
                lambda ours: ours.quota(OBJECT_TYPES, 5),
                lambda sdk: sdk.describe_refresh_quota(cdn_models.DescribeRefreshQuotaRequest()),
            ),
            Asked(
                lambda ours: looked_up(ours, Submission(kind, (), tuple(ids), 0.0)),
                lambda sdk: sdk.describe_refresh_task_by_id(
                    cdn_models.DescribeRefreshTaskByIdRequest(task_id=",".join(dict.fromkeys(ids)))
                ),
            ),
        ]
    )


def of_dcdn(random: Random) -> Asked:
    """A request to DCDN."""
    kind, some, force = random.choice(OBJECT_TYPES), urls(random), random.random() < 0.5
    ids = [str(random.randrange(10**9)) for _ in range(random.randint(1, 10))]
    refresh = dcdn_models.RefreshDcdnObjectCachesRequest(
        force=force or None, object_path="\n".join(some), object_type=kind
    )
    return random.choice(
        [
            Asked(
                lambda ours: ours.refresh(batch(kind, some, force=force), 5),
                lambda sdk: sdk.refresh_dcdn_object_caches(refresh),
            ),
            Asked(
                lambda ours: ours.preload(some, 5),
                lambda sdk: sdk.preload_dcdn_object_caches(
                    dcdn_models.PreloadDcdnObjectCachesRequest(object_path="\n".join(some))
                ),
            ),
            Asked(
                lambda ours: ours.quota(OBJECT_TYPES, 5),
                lambda sdk: sdk.describe_dcdn_refresh_quota(dcdn_models.DescribeDcdnRefreshQuotaRequest()),
            ),
            Asked(
                lambda ours: looked_up(ours, Submission(kind, (), tuple(ids), 0.0)),
                lambda sdk: sdk.describe_dcdn_refresh_task_by_id(
                    dcdn_models.DescribeDcdnRefreshTaskByIdRequest(task_id=",".join(dict.fromkeys(ids)))
                ),
            ),
        ]
    )


TYPES = {
    FILE: ("file", "files"),
    DIRECTORY: ("directory", "directories"),
    IGNORE_PARAMS: ("ignoreParams", "ignore_params"),
}


def of_esa(random: Random) -> Asked:
    """A request to ESA."""
    kind, some = random.choice(OBJECT_TYPES), urls(random)
    force = kind != FILE and random.random() < 0.5
    name, member = TYPES[kind]
    at = NOON - random.randrange(100_000)
    period = at // 600 * 600
    one = random.random() < 0.5
    content = esa_models.PurgeCachesRequestContent(**{member: some})
    listed = esa_models.DescribePurgeTasksRequest(
        site_id=SITE,
        type=name,
        content=some[0] if one or len(set(some)) == 1 else None,
        start_time=timestamp(period - 300),
        end_time=timestamp(min(period + 900, NOON)),
        page_number=1,
        page_size=50,
    )
    return random.choice(
        [
            Asked(
                lambda ours: ours.refresh(batch(kind, some, force=force), 5),
                lambda sdk: sdk.purge_caches(
                    esa_models.PurgeCachesRequest(content=content, site_id=SITE, type=name, force=force or None)
                ),
            ),
            Asked(
                lambda ours: ours.preload(some, 5),
                lambda sdk: sdk.preload_caches(esa_models.PreloadCachesRequest(site_id=SITE, content=some)),
            ),
            Asked(
                lambda ours: ours.quota([kind], 5),
                lambda sdk: sdk.get_purge_quota(esa_models.GetPurgeQuotaRequest(site_id=str(SITE), type=name)),
            ),
            Asked(
                lambda ours: looked_up(ours, Submission(kind, tuple(some[:1] if one else some), ("1",), at)),
                lambda sdk: sdk.describe_purge_tasks(listed),
            ),
        ]
    )


def looked_up(client: ProductClient, submission: Submission) -> None:
    """Make the calls that look up a submission."""
    for call in client.look_ups([submission]):
        client.look_up(call, 5)


PRODUCTS: Mapping[str, tuple[Callable[[Random], Asked], Any]] = {
    "cdn": (of_cdn, CdnSdk),
    "dcdn": (of_dcdn, DcdnSdk),
    "esa": (of_esa, EsaSdk),
}


@pytest.fixture
def seen() -> list[Request]:
    return []


@pytest.fixture
def endpoint(seen: list[Request]) -> Iterator[str]:
    def answer(request: Request) -> Response:
        seen.append(request)
        return Response(200, ANSWER.encode(), {"Content-Type": "application/json"})

    with Server(answer) as server:
        yield server.url


def meant(request: Request) -> dict[str, str]:
    """The parameters of a request, without the parts that may differ."""
    given = {**request.parameters, **form(request)}
    if "Force" in given:
        given["Force"] = given["Force"].lower()
    content = given.get("Content", "")
    if content.startswith("{"):
        given["Content"] = json.dumps({name: value for name, value in json.loads(content).items() if value})
    return given


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", PRODUCTS)
def test_a_random_request_is_the_same_as_that_of_the_official_sdk(
    name: str, seed: int, endpoint: str, seen: list[Request]
) -> None:
    make, official = PRODUCTS[name]
    clock, random = Clock(NOON), Random(seed)  # noqa: S311 - repeatable
    effects = Effects(clock.now, clock.now, clock.sleep, lambda low, _high: low)
    peer = Peer(endpoint, lambda: KEY, Session(), effects, set())
    ours = product(name).Client(peer, Target(name, str(SITE)), IGNORE_PARAMS)
    sdk = official(Config(*KEY[:2], endpoint=endpoint.partition("://")[2], protocol="http"))
    for _ in range(CALLS):
        asked = make(random)
        asked.ours(ours)
        asked.theirs(sdk)
        own, other = seen[-2:]
        assert meant(own) == meant(other)
        for header in ("host", "x-acs-action", "x-acs-version"):
            assert own.headers[header] == other.headers[header]
        if name == "esa":
            assert (own.method, own.body) == (other.method, b"")
        for request in (own, other):
            assert request.headers["authorization"] == signed(request)
    assert len(seen) == 2 * CALLS


def signed(request: Request) -> str:
    """The header that our signer makes for a request; it is correct if it makes the SDK's header, too."""
    names = re.search("SignedHeaders=([^,]+)", request.headers["authorization"])
    assert names is not None
    return authorization(
        request.method,
        {name: request.headers[name] for name in names[1].split(";")},
        request.parameters,
        request.body,
        access_key_id=KEY.access_key_id,
        access_key_secret=KEY.access_key_secret,
    )
