"""Answers of ESA in a box have every field that the official SDK's models have."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from alibabacloud_esa20240910 import models
from esa_client import SITE, SITES, Caller, Operator, pages
from sdk_models import missing

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.esa import Esa

# On Python 3.12 the official SDK's own way to date its calls is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

PAGE = pages("a")


@pytest.fixture
def esa() -> Iterator[Esa]:
    with Esa(Clock(), SITES) as esa:
        yield esa


@pytest.mark.parametrize(
    "ask",
    [
        lambda operator: (
            operator.official.purge_caches(
                models.PurgeCachesRequest(
                    content=models.PurgeCachesRequestContent(files=PAGE), site_id=SITE, type="file"
                )
            ).body
        ),
        lambda operator: operator.official.preload_caches(models.PreloadCachesRequest(content=PAGE, site_id=SITE)).body,
        lambda operator: operator.quota(),
        lambda operator: operator.purge(PAGE) and operator.purges(),
        lambda operator: operator.preload(PAGE) and operator.preloads(),
        lambda operator: operator.sites(),
    ],
    ids=["purge", "preload", "quota", "purges", "preloads", "sites"],
)
def test_an_answer_has_every_field_of_the_official_model(esa: Esa, ask: Callable[[Operator], Any]) -> None:
    assert list(missing(ask(Operator(esa)))) == []


def test_a_record_has_every_field_that_one_without_authentication_has(esa: Esa) -> None:
    """The other fields of `Data` are those of other record types than CNAME."""
    empty = set(missing(Operator(esa).records()))
    assert {name for name in empty if not name.startswith("records.data.")} == {"records.auth_conf"}


@pytest.mark.parametrize(
    ("action", "model"),
    [
        ("DescribePurgeTasks", models.DescribePurgeTasksResponseBodyTasks),
        ("DescribePreloadTasks", models.DescribePreloadTasksResponseBodyTasks),
    ],
)
def test_a_row_has_no_field_that_the_official_model_has_not(esa: Esa, action: str, model: Any) -> None:
    Operator(esa).purge(PAGE)
    Operator(esa).preload(PAGE)
    (row,) = Caller(esa, Clock()).ask(action, {"SiteId": str(SITE)}, method="GET")[1]["Tasks"]
    assert model().from_map(row).to_map() == row


def test_a_site_and_a_record_have_no_field_that_the_official_models_have_not(esa: Esa) -> None:
    given = {"SiteId": str(SITE), "RecordName": "www.a.example", "SiteName": "a.example"}
    caller = Caller(esa, Clock())
    (site,) = caller.ask("ListSites", given, method="GET")[1]["Sites"]
    (record,) = caller.ask("ListRecords", given, method="GET")[1]["Records"]
    assert models.ListSitesResponseBodySites().from_map(site).to_map() == site
    assert models.ListRecordsResponseBodyRecords().from_map(record).to_map() == record
