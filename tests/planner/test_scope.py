"""Which URLs the configuration lets directories replace, and how important each URL is."""

from typing import Any

import pytest
import yaml
from world import an_item

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS
from oss_cdn_refresh.planner.scope import NOWHERE, Scope
from oss_cdn_refresh.settings.config_file import parse

WWW = "https://www.example.com"
ALSO = [{"when": "*.html", "urls": ["{dir}{stem}"]}]
SITE: dict[str, Any] = {"bucket": "my-site", "domains": ["www.example.com"]}


def scope(*sites: dict[str, Any], **collapse: Any) -> Scope:
    return Scope(parse(yaml.safe_dump({"sites": list(sites), "collapse": collapse}), "config.yml"))


def test_a_directory_may_replace_the_files_in_it() -> None:
    assert scope(SITE).directory_for(an_item(FILE, f"{WWW}/a/b.jpg")) == f"{WWW}/a/"


@pytest.mark.parametrize(
    "url", [f"{WWW}/a/b.jpg?x=/1", "https://other.example.com/a/b.jpg", "http://www.example.com/a"]
)
def test_no_directory_may_replace_queries_or_urls_outside_all_sites(url: str) -> None:
    assert scope(SITE).directory_for(an_item(FILE, url)) == NOWHERE


@pytest.mark.parametrize("extra", [{"variants": ["!thumb"]}, {"query": "ignore"}], ids=["variants", "query"])
@pytest.mark.parametrize("allowed", [True, False])
def test_urls_of_a_site_with_queries_are_replaced_only_if_allowed(extra: dict[str, Any], *, allowed: bool) -> None:
    found = scope({**SITE, **extra}, variants=allowed).directory_for(an_item(FILE, f"{WWW}/a/b.jpg"))
    assert found == (f"{WWW}/a/" if allowed else NOWHERE)


def test_a_second_site_with_variants_on_the_same_path_forbids_replacement() -> None:
    both = scope(SITE, {**SITE, "path": "/img/", "variants": ["!thumb"]})
    assert both.directory_for(an_item(FILE, f"{WWW}/img/b.jpg")) == NOWHERE
    assert both.directory_for(an_item(FILE, f"{WWW}/css/b.css")) == f"{WWW}/css/"


@pytest.mark.parametrize(("allowed", "found"), [(True, f"{WWW}/a/"), (False, NOWHERE)])
def test_ignore_params_are_replaced_only_if_allowed(found: str, *, allowed: bool) -> None:
    ignoring = scope({**SITE, "query": "ignore"}, variants=allowed)
    assert ignoring.directory_for(an_item(IGNORE_PARAMS, f"{WWW}/a/b.jpg")) == found


def test_a_directory_item_belongs_to_its_own_directory() -> None:
    assert scope(SITE).directory_for(an_item(DIRECTORY, f"{WWW}/a/")) == f"{WWW}/a/"


@pytest.mark.parametrize(("root", "may"), [(True, True), (False, False)])
def test_the_root_of_a_domain_is_refreshed_only_if_allowed(*, root: bool, may: bool) -> None:
    assert scope(SITE, root=root).may_refresh(f"{WWW}/", 0) is may


def test_no_directory_above_the_sites_path_is_refreshed() -> None:
    part = scope({**SITE, "path": "/assets/new/"})
    assert [part.may_refresh(f"{WWW}/{path}", 0) for path in ("assets/", "assets/new/", "assets/new/a/")] == [
        False,
        True,
        True,
    ]


def test_no_directory_with_too_much_collateral_is_refreshed() -> None:
    assert [scope(SITE, max_collateral=9).may_refresh(f"{WWW}/a/", cost) for cost in (9, 10)] == [True, False]


@pytest.mark.parametrize(
    ("path", "importance"),
    [("a.html", 0), ("docs/", 0), ("docs", 0), ("", 0), ("app.js", 1), ("a.jpg", 2), ("a.html.jpg", 2)],
)
def test_importance_is_the_index_of_the_first_glob_that_matches_the_key(path: str, importance: int) -> None:
    assert scope(SITE, priority=["*.html", "*.js"]).importance(an_item(FILE, f"{WWW}/{path}")) == importance


def test_the_importance_of_a_url_depends_on_its_key() -> None:
    under = scope({**SITE, "prefix": "public/", "path": "/p/", "variants": ["!thumb"]}, priority=["public/a b.jpg"])
    items = [an_item(FILE, f"{WWW}/p/{name}") for name in ("a%20b.jpg", "a%20b.jpg!thumb", "a.jpg")]
    assert list(map(under.importance, items)) == [0, 0, 1]


def test_the_importance_of_a_changed_object_depends_on_its_own_key() -> None:
    config = parse(yaml.safe_dump({"sites": [{**SITE, "also": ALSO}], "priority": ["*.html"]}), "config.yml")
    items, _ = items_of(Change("my-site", "about.html", "ObjectCreated:PutObject"), config)
    assert [(item.url, Scope(config).importance(item)) for item in items] == [
        (f"{WWW}/about.html", 0),
        (f"{WWW}/about", 0),
    ]


def test_without_priorities_all_items_are_equally_important() -> None:
    assert scope(SITE).importance(an_item(FILE, f"{WWW}/a.jpg")) == 0
