"""From a URL back to objects: `validate URL`, `refresh URL`, and the mapping behind them."""

import json
from typing import Any

import pytest
import yaml
from click.testing import Result
from command import run
from hypothesis import given
from hypothesis import strategies as st
from world import SITE, World, url

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.sites import EXCLUDED, items_of
from oss_cdn_refresh.model.item import DIRECTORY
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.config_file import parse
from oss_cdn_refresh_cli.operation.changes import UPLOAD
from oss_cdn_refresh_cli.operation.urls import Way, as_sent, behind, refreshed_for
from oss_cdn_refresh_cli.shared.errors import Failed

# OSS takes what follows a "!" for an image style
NAMES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="/!"), min_size=1, max_size=6)
WWW = "https://www.example.com"
PRETTY = {"also": [{"when": "*.html", "urls": ["{dir}{stem}"]}]}
HOMES = {"also": [{"when": "{docs,blog}.htm", "urls": ["/home"]}]}
FEED = {"also": [{"when": "feeds/main.xml", "urls": ["/feed"]}]}
FEEDS = {"also": [{"when": "**/main.xml", "urls": ["{dir}feed"]}]}
APP = {"also": [{"when": "index.html", "directories": ["/"]}]}


def configured(**site: Any) -> Config:
    return parse(yaml.safe_dump({"sites": [{**SITE, **site}]}), "config.yml")


def covered(url: str, **site: Any) -> list[str]:
    """The keys whose changes refresh a URL, without those of directories that have a dot in their names."""
    return [each.key for each in behind(url, configured(**site)) if each.covered and each.way is not Way.DOTTED]


@pytest.mark.parametrize(
    ("path", "site", "keys"),
    [
        ("a.jpg", {}, ["a.jpg"]),
        ("docs/", {}, ["docs/index.html", "docs/"]),
        ("docs", {}, ["docs", "docs/index.html"]),
        ("", {}, ["index.html"]),
        ("%E9%A1%B5.html", {}, ["页.html"]),
        ("p", {"path": "/p/"}, ["index.html"]),
        ("p/a.jpg", {"path": "/p/", "prefix": "public/"}, ["public/a.jpg"]),
        ("a.jpg!thumb", {"variants": ["!thumb"]}, ["a.jpg"]),
        ("a.jpg?x=1", {"variants": ["?x=1"]}, ["a.jpg"]),
        ("a.jpg?any=2", {"query": "ignore"}, ["a.jpg"]),
        ("about", PRETTY, ["about", "about/index.html", "about.html"]),
        ("%3F/a*b", PRETTY, ["?/a*b", "?/a*b/index.html", "?/a*b.html"]),
        ("a", {"also": [{"when": "docs/*.htm", "urls": ["/{stem}"]}]}, ["a", "a/index.html", "docs/a.htm"]),
        ("docs/about", PRETTY, ["docs/about", "docs/about/index.html", "docs/about.html"]),
        ("some/route", APP, ["some/route", "some/route/index.html", "index.html"]),
        ("some/route.js", APP, ["some/route.js", "index.html"]),
        ("a", {"also": [{"when": "{a,b}.htm", "urls": ["/{stem}"]}]}, ["a", "a/index.html", "a.htm"]),
        ("home", HOMES, ["home", "home/index.html", "docs.htm", "blog.htm"]),
        ("feed", FEED, ["feed", "feed/index.html", "feeds/main.xml"]),
        ("x/feed", FEEDS, ["x/feed", "x/feed/index.html", "x/main.xml"]),
    ],
)
def test_the_objects_behind_a_url_are_found(path: str, site: dict[str, Any], keys: list[str]) -> None:
    assert covered(f"{WWW}/{path}", **site) == keys


@pytest.mark.parametrize("path", ["a.jpg?x-oss-process=style/thumb", "%e9%a1%b5.html", "a.jpg!thumb"])
def test_a_url_that_no_change_refreshes_has_an_object_that_does_not_cover_it(path: str) -> None:
    found = behind(f"{WWW}/{path}", configured())
    assert [each.covered for each in found if each.key in ("a.jpg", "页.html")] == [False]


@pytest.mark.parametrize("path", ["elsewhere", "p"])
def test_a_url_below_no_site_has_no_object(path: str) -> None:
    assert behind(f"{WWW}/{path}", configured(path="/p/q/")) == []


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("HTTPS://WWW.example.com/A.jpg", f"{WWW}/A.jpg"),
        ("http://www.example.com/a.jpg", f"{WWW}/a.jpg"),
        ("https://www.example.com", f"{WWW}/"),
        ("https://www.example.com?x=1", f"{WWW}/?x=1"),
        ("https://www.example.com/a.html#top", f"{WWW}/a.html"),
        ("https://www.example.com/页 a%2fb%.html", f"{WWW}/%E9%A1%B5%20a%2fb%.html"),
        ("http://elsewhere.example/a", "http://elsewhere.example/a"),
    ],
)
def test_a_typed_url_is_read_as_a_browser_sends_it(typed: str, sent: str) -> None:
    assert as_sent(typed, configured()) == sent


def test_refreshing_a_url_means_all_urls_of_its_object() -> None:
    _, items = refreshed_for(f"{WWW}/a.jpg!thumb", configured(variants=["!thumb", "!big"]))
    assert [item.url for item in items] == [f"{WWW}/a.jpg", f"{WWW}/a.jpg!thumb", f"{WWW}/a.jpg!big"]


def test_refreshing_a_url_that_no_change_refreshes_includes_the_url_itself() -> None:
    _, items = refreshed_for(f"{WWW}/a.jpg?v=2", configured())
    assert [item.url for item in items] == [f"{WWW}/a.jpg", f"{WWW}/a.jpg?v=2"]


@pytest.mark.parametrize(
    "site", [{}, {"variants": ["!thumb", "?x=1"]}, {"query": "ignore"}, {"path": "/p/"}, PRETTY, APP]
)
@given(st.lists(NAMES, min_size=1, max_size=3))
def test_each_url_that_a_change_refreshes_leads_back_to_its_object(site: dict[str, Any], names: list[str]) -> None:
    config = configured(**site)
    for key in ("/".join(names), "/".join((*names, "index.html")), "/".join((*names, "a.html"))):
        for item in items_of(Change("my-site", key, UPLOAD), config)[0]:
            if item.type != DIRECTORY:
                found = behind(as_sent(item.url, config), config)
                assert key in [each.key for each in found if each.covered]


def call(world: World, *words: str) -> Result:
    return run(*words, environ=world.environ, clock=world.clock)


@pytest.mark.parametrize("words", [(), ("--key",)])
def test_validate_shows_the_objects_behind_a_url(world: World, words: tuple[str, ...]) -> None:
    result = call(world, "validate", "--json", *words, url("docs/index.html"))
    (shown,) = json.loads(result.stdout)["keys"]
    assert (result.exit_code, shown["key"]) == (0, "docs/index.html")
    assert [item["url"] for item in shown["items"]] == [url("docs/index.html"), url("docs/"), url("docs")]


def test_validate_finds_a_url_that_no_change_refreshes(world: World) -> None:
    result = call(world, "validate", url("a.jpg?v=2"))
    assert (result.exit_code, f"{url('a.jpg?v=2')} is none of these URLs" in result.stdout) == (1, True)


def test_validate_takes_objects_and_urls_at_once(world: World) -> None:
    shown = json.loads(call(world, "validate", "--json", "my-site/b.jpg", url("a.jpg")).stdout)
    assert [each["key"] for each in shown["keys"]] == ["b.jpg", "a.jpg"]


@pytest.mark.parametrize("command", [("validate",), ("refresh", "--now")])
def test_a_foreign_url_is_refused(world: World, command: tuple[str, ...]) -> None:
    result = call(world, *command, "https://elsewhere.example/a.jpg")
    assert (result.exit_code, "no site of the configuration serves it" in result.stderr) == (2, True)


def test_refresh_of_a_url_refreshes_its_object(world: World) -> None:
    result = call(world, "refresh", "--now", url("docs/index.html"))
    assert (result.exit_code, world.cdn.accepted) == (
        0,
        {("File", url("docs/index.html")), ("File", url("docs/")), ("File", url("docs"))},
    )


def test_refresh_says_that_changes_do_not_refresh_a_url(world: World) -> None:
    result = call(world, "refresh", "--now", url("a.jpg?v=2"))
    assert ("File", url("a.jpg?v=2")) in world.cdn.accepted
    assert "refreshed now, and not by changes" in result.stderr


def test_refresh_of_a_url_without_an_object_refreshes_the_url_itself(world: World) -> None:
    world.configure({**SITE, "index": []})
    result = call(world, "refresh", "--now", url(""))
    assert (result.exit_code, world.cdn.accepted) == (0, {("File", url(""))})


def test_validate_says_that_no_object_is_behind_a_url(world: World) -> None:
    world.configure({**SITE, "index": []})
    result = call(world, "validate", url(""))
    assert (result.exit_code, f"{url('')} has no object behind it" in result.stdout) == (1, True)


def test_an_object_is_excluded_by_the_own_site_of_a_url_although_another_site_takes_it() -> None:
    other = {**SITE, "domains": ["other.example.com"]}
    config = parse(yaml.safe_dump({"sites": [{**SITE, "exclude": ["a.jpg"]}, other]}), "config.yml")
    found = [behind(url, config)[0] for url in (f"{WWW}/a.jpg", "https://other.example.com/a.jpg")]
    assert [(each.ignored, each.covered) for each in found] == [(EXCLUDED, False), ("", True)]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("/docs/../a.jpg", "/a.jpg"),
        ("/docs/%2e%2E/./a.jpg", "/a.jpg"),
        ("/docs/a/..", "/docs/"),
        ("/docs/.", "/docs/"),
        ("/../..", "/"),
        ("/docs//../a.jpg", "/docs/a.jpg"),
        ("/docs/...", "/docs/..."),
        ("/docs/..%2fa.jpg", "/docs/..%2fa.jpg"),
        ("/a.jpg?b=/../c", "/a.jpg?b=/../c"),
    ],
)
def test_dot_segments_are_resolved_as_a_browser_does_it(typed: str, sent: str) -> None:
    assert as_sent(WWW + typed, configured()) == WWW + sent


@pytest.mark.parametrize(
    "typed",
    [
        "https://www.example.com:443/docs/a.jpg",
        "http://www.example.com:80/docs/a.jpg",
        "https://www.example.com:/docs/a.jpg",
        "https://www.example.com./docs/a.jpg",
        "https://www.example.com.:443/docs/a.jpg",
        r"https://www.example.com\docs\a.jpg",
        r"https://www.example.com/x/..\docs\a.jpg",
    ],
)
def test_a_host_and_slashes_are_written_as_a_browser_writes_them(typed: str) -> None:
    assert as_sent(typed, configured()) == f"{WWW}/docs/a.jpg"


def test_a_backslash_in_a_query_stays() -> None:
    assert as_sent(WWW + r"/a?b\c", configured()) == WWW + r"/a?b\c"


@pytest.mark.parametrize("port", ["8443", "80", "0", "٤٤٣", "port"])
def test_a_url_with_another_port_is_refused(port: str) -> None:
    with pytest.raises(Failed, match=r"port|no URL"):
        as_sent(f"{WWW}:{port}/a.jpg", configured())


@pytest.mark.parametrize(
    "typed",
    [
        "https://me:secret@www.example.com/a.jpg",
        "https://me:secret@",
        "https://me:secret@[/a.jpg",
        "https://me:secret@x@www.example.com:8443/a.jpg",
        "ftp://me:secret@www.example.com/a.jpg",
        "https:/me:secret@www.example.com/a.jpg",
        "https:///me:secret@www.example.com/a.jpg",
        "me:secret@www.example.com/a.jpg",
    ],
)
def test_a_url_with_a_user_is_refused_without_its_password(typed: str) -> None:
    with pytest.raises(Failed, match="a user or a password") as refused:
        as_sent(typed, configured())
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "typed", ["https://me:12/secret@x", "https://me:s/secret@x", "https://me:#secret@x", "x/secret@x"]
)
def test_a_password_with_a_slash_is_not_shown(typed: str) -> None:
    try:
        shown = as_sent(typed, configured())
    except Failed as refused:
        shown = str(refused)
    assert "secret" not in shown


def test_an_at_sign_in_a_path_names_no_user() -> None:
    assert as_sent(f"{WWW}/@me/a:b@c.jpg", configured()) == f"{WWW}/@me/a:b@c.jpg"


@pytest.mark.parametrize("path", ["%ff.jpg", "docs%e9/", "%ED%A0%80"])
def test_a_path_that_is_not_utf_8_has_no_object(path: str) -> None:
    objects, items = refreshed_for(f"{WWW}/{path}", configured(**PRETTY))
    assert (objects, [item.url for item in items]) == ([], [f"{WWW}/{path}"])


def test_a_query_that_is_not_utf_8_hides_no_object() -> None:
    assert [each.key for each in behind(f"{WWW}/a.jpg?%ff", configured())][:1] == ["a.jpg"]
