"""Oracle: the response models of the official SDKs. The answers of the stand-ins of CDN, DCDN and ESA must fit them."""

import copy
import time
from collections.abc import Mapping
from email.message import Message
from typing import Any, NamedTuple

import pytest
from alibabacloud_cdn20180510 import models as of_cdn
from alibabacloud_dcdn20180115 import models as of_dcdn
from alibabacloud_esa20240910 import models as of_esa
from official import every_answer_of_dcdn, every_answer_of_esa, every_answer_of_the_cdn
from sdk_models import Complaint, complaints, missing, of_an_answer

from oss_cdn_refresh_box.cdn import Cdn
from oss_cdn_refresh_box.cdn.describing import Described, Function, Source
from oss_cdn_refresh_box.cdn.service import Call, Service
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.dcdn import Dcdn
from oss_cdn_refresh_box.esa import Esa, Site
from oss_cdn_refresh_box.wire.serving import Request

# On Python 3.12 the official SDK's own way to date its calls is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

DOMAIN, SITE = "www.a.example", 1_234_567_890_123
DESCRIBED = Described(
    sources=(Source("oss", "b.oss.example"),), functions=(Function("set_hashkey_args", {"hashkey_args": "v"}),)
)
MODELS = {"cdn": of_cdn, "dcdn": of_dcdn, "esa": of_esa}
OTHER_RECORD_TYPES = """
Algorithm Certificate Fingerprint Flag KeyTag MatchingType Port Priority Selector Tag Tags Type Usage Weight
"""
SETTINGS_OF_A_RULE = """
AdditionalCacheablePorts BrowserCacheMode BrowserCacheTtl BypassCache CacheDeceptionArmor CacheReserveEligibility
CheckPresenceCookie CheckPresenceHeader EdgeCacheMode EdgeCacheTtl EdgeStatusCodeCacheTtl IncludeCookie IncludeHeader
PostBodyCacheKey PostBodySizeLimit PostCache QueryString QueryStringMode ServeStale SortQueryStringForCache
UserDeviceType UserGeo UserLanguage
"""
LEFT_OUT = {  # fields that the stand-ins do not answer, by model, with the reason
    ("ListRecordsResponseBodyRecords", "AuthConf"): "only of a record whose origin asks for a signature",
    **{("ListRecordsResponseBodyRecordsData", name): "not of a CNAME" for name in OTHER_RECORD_TYPES.split()},
    **{("ListCacheRulesResponseBodyConfigs", name): "as tests set them" for name in SETTINGS_OF_A_RULE.split()},
}


class Answered(NamedTuple):
    """The answers of a stand-in by their actions, and the actions that it offers."""

    answers: Mapping[str, Any]
    offered: set[str]


def cdn() -> Answered:
    with Cdn(Clock(time.time()), [DOMAIN]) as cdn:
        cdn.described[DOMAIN] = DESCRIBED
        return Answered(dict(every_answer_of_the_cdn(cdn, DOMAIN)), offered(cdn))


def dcdn() -> Answered:
    with Dcdn(Clock(), [DOMAIN]) as dcdn:
        dcdn.described[DOMAIN] = DESCRIBED
        return Answered(dict(every_answer_of_dcdn(dcdn, DOMAIN)), offered(dcdn))


def esa() -> Answered:
    with Esa(Clock(), {SITE: Site("a.example", records={DOMAIN: True}, cache_rules=({},))}) as esa:
        return Answered(dict(every_answer_of_esa(esa, SITE, DOMAIN)), offered(esa))


def offered(service: Service) -> set[str]:
    """The actions of a stand-in."""
    request = Request("POST", "/", "", Message(), b"", 1)
    call = Call(at=0.0, action="", object_type="", force=False, urls=(), nonce="", connection=1)
    return set(service._offered(request, call, "AK"))  # noqa: SLF001 - the table is made for each request


@pytest.fixture(scope="module")
def answered() -> Mapping[str, Answered]:
    return {"cdn": cdn(), "dcdn": dcdn(), "esa": esa()}


def judged(product: str, action: str, answer: Mapping[str, Any]) -> list[Complaint]:
    model = of_an_answer(MODELS[product], action)
    return [*complaints(model, answer, action), *missing(model, answer, action)]


def every_complaint(answered: Mapping[str, Answered]) -> list[Complaint]:
    return [
        complaint
        for product, one in answered.items()
        for action, answer in one.answers.items()
        for complaint in judged(product, action, answer)
    ]


@pytest.mark.parametrize("product", MODELS)
def test_every_action_that_a_stand_in_offers_is_compared(answered: Mapping[str, Answered], product: str) -> None:
    assert answered[product].answers.keys() == answered[product].offered


def test_every_field_of_an_answer_is_known_and_has_the_type_of_the_official_model(
    answered: Mapping[str, Answered],
) -> None:
    assert [complaint for complaint in every_complaint(answered) if complaint.what != "is missing"] == []


def test_an_answer_has_every_field_of_the_official_model_but_those_with_a_reason(
    answered: Mapping[str, Answered],
) -> None:
    """An exception in the list whose field is answered is an error, too."""
    left_out = {(each.model, each.field) for each in every_complaint(answered) if each.what == "is missing"}
    assert left_out == LEFT_OUT.keys()


GONE = object()
FAULTS: list[tuple[str, str, tuple[Any, ...], Any, str]] = [  # product, action, path, value in place of the real one
    ("cdn", "RefreshObjectCaches", ("PushTaskId",), "1", "is unknown"),
    ("cdn", "RefreshObjectCaches", ("RefreshTaskId",), 1, "is a int, not a str"),
    ("cdn", "PushObjectCache", ("PushTaskId",), GONE, "is missing"),
    ("cdn", "DescribeRefreshQuota", ("UrlRemain",), 9_999, "is a int, not a str"),
    ("cdn", "DescribeRefreshQuota", ("urlRemain",), "9999", "is unknown"),
    ("cdn", "DescribeRefreshTaskById", ("TotalCount",), "1", "is a str, not a int"),
    ("cdn", "DescribeRefreshTaskById", ("Tasks", 0, "Statuss"), "Complete", "is unknown"),
    ("cdn", "DescribeRefreshTaskById", ("Tasks",), [], "is empty"),
    ("cdn", "DescribeRefreshTasks", ("Tasks",), [], "is a list, not a describerefreshtasksresponsebodytasks"),
    ("cdn", "DescribeRefreshTasks", ("Tasks", "CDNTask", 0, "CreationTime"), GONE, "is missing"),
    ("cdn", "DescribeRefreshTasks", ("PageNumber",), True, "is a bool, not a int"),
    ("cdn", "DescribeCdnDomainDetail", ("GetDomainDetailModel", "Status"), "online", "is unknown"),
    ("cdn", "DescribeCdnDomainConfigs", ("DomainConfigs", "DomainConfig", 0, "ConfigId"), 5, "is a int, not a str"),
    ("dcdn", "PreloadDcdnObjectCaches", ("PushTaskId",), "1", "is unknown"),
    ("dcdn", "DescribeDcdnRefreshTasks", ("Tasks", "CDNTask"), [], "is unknown"),
    ("dcdn", "DescribeDcdnDomainDetail", ("DomainDetail", "CdnType"), "web", "is unknown"),
    ("dcdn", "DescribeDcdnRefreshQuota", ("RegexRemain",), GONE, "is missing"),
    ("esa", "PurgeCaches", ("TaskID",), "1", "is unknown"),
    ("esa", "GetPurgeQuota", ("Usage",), 3, "is a int, not a str"),
    ("esa", "DescribePurgeTasks", ("Tasks", 0, "CreationTime"), "2026-01-01T00:00:00Z", "is unknown"),
    ("esa", "DescribePreloadTasks", ("Tasks", 0, "Type"), "file", "is unknown"),
    ("esa", "ListSites", ("Sites", 0, "SiteId"), "123", "is a str, not a int"),
    ("esa", "ListRecords", ("Records", 0, "Proxied"), "true", "is a str, not a bool"),
    ("esa", "ListCacheRules", ("Configs", 0, "EdgeCacheTTL"), "60", "is unknown"),
]


@pytest.mark.parametrize(("product", "action", "path", "value", "what"), FAULTS)
def test_a_fault_in_an_answer_is_reported(
    answered: Mapping[str, Answered], product: str, action: str, path: tuple[Any, ...], value: Any, what: str
) -> None:
    answer = copy.deepcopy(answered[product].answers[action])
    inner = answer
    for step in path[:-1]:
        inner = inner[step]
    if value is GONE:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    assert (path[-1], what) in {(complaint.field, complaint.what) for complaint in judged(product, action, answer)}
