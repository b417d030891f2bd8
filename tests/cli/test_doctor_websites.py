"""`doctor` on static website hosting: it names missing rules and rules that spend quota without need."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from healthy import Healthy, a_healthy_account

from oss_cdn_refresh_box.oss import Website
from oss_cdn_refresh_box.wire.serving import Response, Server

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)
SITE: dict[str, Any] = {"bucket": "my-site", "domains": ["www.example.com", "static.example.com"]}
EVERYWHERE = [{"when": "index.html", "directories": ["/"]}]
REDIRECTED = Website(sub_directories=True)
NO_KEY = Website(sub_directories=True, kind=1)
INDEXED = Website(sub_directories=True, kind=2)
ROOT_ALONE = Website()
APP = Website(error="index.html", error_status=200, sub_directories=True)
ERROR_PAGE = Website(error="404.html", sub_directories=True)
Said = list[tuple[str, str]]


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Healthy]:
    with a_healthy_account(tmp_path) as healthy:
        yield healthy


def said(account: Healthy, hosting: Website | None, *sites: dict[str, Any]) -> list[dict[str, str]]:
    """The findings about the hosting with these sites."""
    if hosting is not None:
        account.cloud.oss.websites["my-site"] = hosting
    account.configure({"sites": [{**SITE, **site} for site in sites or ({},)]})
    return account.findings()["website"]


FITTING: list[tuple[Website | None, dict[str, Any]]] = [
    (None, {"index": []}),
    (REDIRECTED, {}),
    (NO_KEY, {}),
    (INDEXED, {}),
    (INDEXED, {"index": ["index.html"], "include": ["docs/*"]}),
    (ERROR_PAGE, {}),
    (ERROR_PAGE, {"new_objects": "skip"}),
    (REDIRECTED, {"index": [], "also": [{"when": "*index.html", "urls": ["{dir}"]}]}),
    (ROOT_ALONE, {"index": [], "also": EVERYWHERE}),
    (ROOT_ALONE, {"index": [], "path": "/p/", "also": [{"when": "index.html", "directories": ["/p/"]}]}),
    (ROOT_ALONE, {"index": [], "path": "/p/", "also": EVERYWHERE}),
    (ROOT_ALONE, {"index": [], "also": [{"when": "index.html", "directories": ["{dir}"]}]}),
    (ROOT_ALONE, {"prefix": "docs/"}),
    (ROOT_ALONE, {"exclude": ["index.html"]}),
    (Website("home.htm", sub_directories=True), {"index": ["home.htm"]}),
    (APP, {"also": EVERYWHERE}),
    (Website("", "404.html"), {}),
    (Website("", "app.html", 200), {"also": [{"when": "app.html", "directories": ["/"]}]}),
]


@pytest.mark.parametrize(("hosting", "site"), FITTING)
def test_rules_that_fit_the_hosting_are_ok(account: Healthy, hosting: Website | None, site: dict[str, Any]) -> None:
    assert [(each["status"], each["detail"]) for each in said(account, hosting, site)] == [
        ("ok", "my-site: index and also are as its hosting needs them")
    ]


MISSING: list[tuple[Website, dict[str, Any], str, str]] = [
    (ROOT_ALONE, {}, "every URL with / at its end", "add also: [{when: index.html, directories: [/]}], or let"),
    (ROOT_ALONE, {"index": []}, "every URL with / at its end", "{when: index.html, directories: [/]}"),
    (ROOT_ALONE, {"path": "/p/"}, "every URL with / at its end", "{when: index.html, directories: [/p/]}"),
    (Website("home.htm"), {}, "every URL with / at its end", "{when: home.htm, directories: [/]}"),
    (
        ROOT_ALONE,
        {"also": [{"when": "index.html", "directories": ["/docs/"]}]},
        "every URL with / at its end",
        "{when: index.html, directories: [/]}",
    ),
    (APP, {}, "every URL without an object", "add also: [{when: index.html, directories: [/]}], or let it expire"),
    (Website("", "app.html", 200), {}, "every URL without an object", "{when: app.html, directories: [/]}"),
    (APP, {"also": EVERYWHERE, "new_objects": "skip"}, "before an object exists", "write new_objects: refresh"),
    (REDIRECTED, {"index": []}, "docs/index.html under /docs/ too", "add index.html to index"),
    (NO_KEY, {"index": []}, "docs/index.html under /docs/ too", "add index.html to index"),
    (INDEXED, {"index": []}, "docs/index.html under /docs/ and /docs too", "add index.html to index"),
    (
        INDEXED,
        {"index": [], "also": [{"when": "*index.html", "urls": ["{dir}"]}]},
        "under /docs/ and /docs too",
        "add index.html to index",
    ),
]


@pytest.mark.parametrize(("hosting", "site", "detail", "remedy"), MISSING)
def test_a_rule_that_the_hosting_needs_is_named(
    account: Healthy, hosting: Website, site: dict[str, Any], detail: str, remedy: str
) -> None:
    (finding,) = (each for each in said(account, hosting, site) if each["status"] != "ok")
    assert (finding["status"], detail in finding["detail"], remedy in finding["remedy"]) == ("warning", True, True)


WASTED: list[tuple[Website | None, dict[str, Any], str]] = [
    (None, {}, "my-site has no static website hosting: index: [] in sites[0] saves quota"),
    (None, {"index": [], "also": EVERYWHERE}, "sites[0] refreshes a directory with index.html"),
    (ROOT_ALONE, {"also": EVERYWHERE}, "under /docs/: index: [] in sites[0] saves quota"),
    (REDIRECTED, {"also": EVERYWHERE}, "sites[0] refreshes a directory with index.html"),
    (REDIRECTED, {"index": ["index.html", "index.htm"]}, "index.htm in index of sites[0] is no index page"),
]


@pytest.mark.parametrize(("hosting", "site", "hint"), WASTED)
def test_a_rule_that_the_hosting_does_not_need_is_a_hint_and_no_warning(
    account: Healthy, hosting: Website | None, site: dict[str, Any], hint: str
) -> None:
    (finding,) = said(account, hosting, site)
    assert (finding["status"], hint in finding["detail"]) == ("ok", True)


def test_a_rule_of_another_site_is_enough(account: Healthy) -> None:
    everywhere = {"include": ["index.html"], "also": EVERYWHERE}
    assert {each["status"] for each in said(account, ROOT_ALONE, {"also": []}, everywhere)} == {"ok"}


def test_a_mismatch_is_reported_with_its_site(account: Healthy) -> None:
    found = said(account, REDIRECTED, {}, {"domains": ["img.example.com"], "index": []})
    assert [("sites[1]" in each["detail"], each["status"]) for each in found] == [(True, "warning")]


def test_a_hosting_without_the_right_to_read_it_is_not_checked(account: Healthy) -> None:
    account.cloud.oss.denied.add("website")
    found = account.findings()
    assert [(each["status"], each["detail"]) for each in found["website"]] == [
        ("warning", "not checked: my-site: oss:GetBucketWebsite is not granted to these credentials")
    ]
    assert [each["remedy"] for each in found["rights"]] == [
        "grant oss:GetBucketWebsite to the RAM user or role of these credentials"
    ]


def test_the_hosting_of_a_missing_bucket_is_not_reported(account: Healthy) -> None:
    account.configure({"sites": [{**SITE, "bucket": "no-such-bucket"}]})
    assert {each["status"] for each in account.findings()["website"]} == {"ok"}


def test_the_hosting_of_a_bucket_in_another_region_is_not_reported(account: Healthy) -> None:
    account.cloud.oss.elsewhere["my-site"] = "cn-beijing"
    (finding,) = account.findings()["website"]
    assert (finding["status"], finding["detail"]) == ("ok", "no bucket that could be seen")


@pytest.mark.parametrize("body", [b"<html><body>hello</body></html>", b"<unclosed", b"", b"{}"])
def test_an_answer_that_is_no_configuration_is_not_checked(account: Healthy, body: bytes) -> None:
    with Server(lambda _request: Response(200, body, {"Content-Type": "application/xml"})) as server:
        account.environ["OSS_ENDPOINT"] = server.url
        (finding,) = account.findings("--timeout", "2")["website"]
    assert (finding["status"], "not checked" in finding["detail"]) == ("warning", True)
