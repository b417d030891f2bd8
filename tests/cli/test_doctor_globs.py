"""`doctor` on globs: it names a glob that matches none of the first objects."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from healthy import Healthy, a_healthy_account

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)
SITE: dict[str, Any] = {"bucket": "my-site", "domains": ["www.example.com"]}
KEYS = ("drafts/a.html", "img/a.jpg", "index.html", "public/b.css")


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Healthy]:
    with a_healthy_account(tmp_path) as healthy:
        yield healthy


def named(account: Healthy, *sites: dict[str, Any], keys: tuple[str, ...] = KEYS, **top: Any) -> list[str]:
    """The details of the check of globs, without the file's name."""
    account.cloud.oss.stock("my-site", dict.fromkeys(keys, b"a"))
    account.configure({"sites": [{**SITE, **site} for site in sites], **top})
    found = account.findings()["globs"]
    assert {each["status"] for each in found} <= {"ok", "warning"}
    return [each["detail"].partition("config.yml: ")[2] for each in found if each["status"] == "warning"]


def none_of(place: str, glob: str, where: str = "oss://my-site/") -> list[str]:
    return [f'{place}: "{glob}" matches none of the first 1,000 objects of {where}']


@pytest.mark.parametrize(
    ("site", "place", "glob"),
    [
        ({"exclude": ["drafs/*"]}, "sites[0].exclude[0]", "drafs/*"),
        ({"exclude": ["drafts/*", "*.map"]}, "sites[0].exclude[1]", "*.map"),
        ({"include": ["*.htm", "*"]}, "sites[0].include[0]", "*.htm"),
        ({"include": ["*.HTML", "*"]}, "sites[0].include[0]", "*.HTML"),
        ({"exclude": ["index.htm"]}, "sites[0].exclude[0]", "index.htm"),
        ({"exclude": ["image/*"]}, "sites[0].exclude[0]", "image/*"),
        ({"preload": ["indx.html"]}, "sites[0].preload[0]", "indx.html"),
        ({"also": [{"when": "indx.html", "urls": ["/"]}]}, "sites[0].also[0].when", "indx.html"),
        (
            {"also": [{"when": "*.html", "urls": ["/"]}, {"when": "*.png", "urls": ["/"]}]},
            "sites[0].also[1].when",
            "*.png",
        ),
    ],
)
def test_a_glob_that_matches_no_object_is_named(account: Healthy, site: dict[str, Any], place: str, glob: str) -> None:
    assert named(account, site) == none_of(place, glob)


@pytest.mark.parametrize(
    "site",
    [
        {},
        {"include": ["*"], "exclude": ["**"]},
        {"include": ["*.html", "img/*"], "exclude": ["drafts/*"]},
        {"also": [{"when": "index.html", "urls": ["/"]}]},
        {"prefix": "public/", "exclude": ["public/*.css"]},
    ],
)
def test_globs_that_match_are_all_right(account: Healthy, site: dict[str, Any]) -> None:
    assert named(account, site) == []


def test_a_glob_is_compared_with_the_objects_of_its_own_prefix(account: Healthy) -> None:
    site = {"prefix": "public/", "exclude": ["*.jpg"]}
    assert named(account, site) == none_of("sites[0].exclude[0]", "*.jpg", "oss://my-site/public/")


def test_a_glob_of_the_order_is_compared_with_every_site(account: Healthy) -> None:
    sites = [{"prefix": "img/"}, {"prefix": "public/"}]
    found = named(account, *sites, priority=["*.jpg", "*.css", "*.png"])
    assert found == none_of("priority[2]", "*.png", "each site")


def test_in_an_empty_bucket_no_glob_is_reported(account: Healthy) -> None:
    assert named(account, {"exclude": ["drafs/*"]}, keys=()) == []


def test_under_an_empty_prefix_no_glob_is_reported(account: Healthy) -> None:
    assert named(account, {"prefix": "new/", "exclude": ["new/drafs/*"]}) == []


def test_only_the_first_1000_objects_are_listed(account: Healthy) -> None:
    keys = tuple(f"a/{number:04}.jpg" for number in range(1_000))
    site = {"exclude": ["a/0999.jpg", "z.html"]}
    assert named(account, site, keys=(*keys, "z.html")) == none_of("sites[0].exclude[1]", "z.html")


def test_without_globs_no_object_is_listed(account: Healthy) -> None:
    account.cloud.oss.denied.add("list-type")
    assert {each["status"] for each in account.findings()["globs"]} == {"ok"}


def test_a_bucket_that_may_not_be_listed_is_not_checked(account: Healthy) -> None:
    account.cloud.oss.denied.add("list-type")
    account.configure({"sites": [{**SITE, "exclude": ["drafs/*"]}]})
    found = account.findings()
    assert [each["detail"] for each in found["globs"]] == [
        "not checked: oss://my-site/: oss:ListObjects is not granted to these credentials"
    ]
    assert [each["remedy"] for each in found["rights"]] == [
        "grant oss:ListObjects to the RAM user or role of these credentials"
    ]


def test_a_bucket_that_is_missing_is_another_checks_failure(account: Healthy) -> None:
    account.configure({"sites": [{**SITE, "bucket": "no-such-bucket", "exclude": ["drafs/*"]}]})
    assert {each["status"] for each in account.findings()["globs"]} == {"ok"}
