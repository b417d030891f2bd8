"""Answers of DCDN in a box have every field that the official SDK's models have."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from alibabacloud_dcdn20180115 import models
from cdn_tasks import DOMAIN, pages
from dcdn_client import Operator
from sdk_models import missing

from oss_cdn_refresh_box.cdn.describing import Described, Function, Source
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.dcdn import Dcdn

# On Python 3.12 the official SDK's own way to date its calls is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

PAGE = pages("a")


@pytest.fixture
def dcdn() -> Iterator[Dcdn]:
    with Dcdn(Clock(), [DOMAIN]) as dcdn:
        yield dcdn


@pytest.mark.parametrize(
    "ask",
    [
        lambda operator: (
            operator.official.refresh_dcdn_object_caches(
                models.RefreshDcdnObjectCachesRequest(object_path=PAGE[0])
            ).body
        ),
        lambda operator: (
            operator.official.preload_dcdn_object_caches(
                models.PreloadDcdnObjectCachesRequest(object_path=PAGE[0])
            ).body
        ),
        lambda operator: operator.quota(),
        lambda operator: operator.look(operator.refresh(PAGE)),
        lambda operator: operator.refresh(PAGE) and operator.list(),
        lambda operator: (
            operator.official.describe_dcdn_domain_detail(
                models.DescribeDcdnDomainDetailRequest(domain_name=DOMAIN)
            ).body
        ),
        lambda operator: (
            operator.official.describe_dcdn_domain_configs(
                models.DescribeDcdnDomainConfigsRequest(domain_name=DOMAIN)
            ).body
        ),
    ],
    ids=["refresh", "preload", "quota", "tasks by id", "tasks", "domain", "settings"],
)
def test_an_answer_has_every_field_of_the_official_model(dcdn: Dcdn, ask: Callable[[Operator], Any]) -> None:
    functions = (Function("set_hashkey_args", {"hashkey_args": "v"}),)
    dcdn.described[DOMAIN] = Described(sources=(Source("oss", "b.oss.example"),), functions=functions)
    assert list(missing(ask(Operator(dcdn)))) == []


def test_a_domain_has_its_sources_and_settings(dcdn: Dcdn) -> None:
    functions = (Function("set_hashkey_args", {"disable": "on"}),)
    dcdn.described[DOMAIN] = Described("offline", (Source("oss", "b.oss.example"),), functions)
    official = Operator(dcdn).official
    request = models.DescribeDcdnDomainDetailRequest(domain_name=DOMAIN)
    domain = official.describe_dcdn_domain_detail(request).body.domain_detail
    (source,) = domain.sources.source
    assert (domain.domain_status, source.type, source.content) == ("offline", "oss", "b.oss.example")
    settings = official.describe_dcdn_domain_configs(models.DescribeDcdnDomainConfigsRequest(domain_name=DOMAIN)).body
    (setting,) = settings.domain_configs.domain_config
    (argument,) = setting.function_args.function_arg
    assert (setting.function_name, argument.arg_name, argument.arg_value) == ("set_hashkey_args", "disable", "on")


def test_a_row_has_no_field_that_the_official_model_has_not(dcdn: Dcdn) -> None:
    Operator(dcdn).refresh(PAGE)
    (row,) = dcdn.tasks.look(dcdn.tasks.submitted[0])
    assert models.DescribeDcdnRefreshTaskByIdResponseBodyTasks().from_map(row).to_map() == row
