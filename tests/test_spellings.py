"""The key `spellings` of a site: its valid values, and the items that it adds."""

from typing import Any

import pytest
import yaml
from world import SITE

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.config_file import parse
from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.demo.clients import bucket

ALL = ("browser", "component", "encoded")


def configured(spellings: Any, **site: Any) -> Config:
    return parse(yaml.safe_dump({"sites": [{**SITE, **site, "spellings": spellings}]}), "config.yml")


def paths(key: str, spellings: Any, **site: Any) -> list[str]:
    config = configured(spellings, **site)
    found, _ = items_of(Change("my-site", key, "ObjectCreated:PutObject"), config)
    return [item.url.removeprefix("https://www.example.com") for item in found]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("all", ALL),
        ("browser", ("browser",)),
        (["browser"], ("browser",)),
        (["lower"], ("lower",)),
        (["component", "browser"], ("browser", "component")),
        (["lower", "encoded", "component", "browser"], (*ALL, "lower")),
        (["encoded", "component", "browser"], ALL),
    ],
)
def test_a_site_has_the_spellings_that_are_written_in_one_order(written: Any, read: tuple[str, ...]) -> None:
    assert configured(written).sites[0].spellings == read


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (text, f"spellings: is {shown}: write all, browser or a list of browser, component, encoded, lower")
        for text, shown in [
            ("lower", '"lower"'),
            ("Browser", '"Browser"'),
            ("", '""'),
            (None, "empty (null)"),
            (7, "a whole number"),
            (True, "true or false"),
            ({"browser": True}, "a mapping"),
        ]
    ]
    + [
        ([], "spellings: is an empty list: name at least one"),
        (["browsers"], 'spellings[0]: "browsers" is no word here: did you mean browser?'),
        (["browser", "lowr"], 'spellings[1]: "lowr" is no word here: did you mean lower?'),
        (["Encoded"], 'spellings[0]: "Encoded" is no word here: did you mean encoded?'),
        (["encodeURIComponent"], 'spellings[0]: "encodeURIComponent" is no word here: did you mean component?'),
        (
            ["xyz"],
            'spellings[0]: "xyz" is no word here: take it out; known here are browser, component, encoded, lower',
        ),
        (["lower", "browser", "lower"], 'spellings[2]: "lower" is listed twice: take one out'),
        (
            ["browser", None],
            "spellings[1]: is empty (null): write a text, or leave the key out where it has a default",
        ),
        ([["browser"]], "spellings[0]: is a list: write a text, or leave the key out where it has a default"),
    ],
)
def test_an_unknown_spelling_is_refused_with_place_and_remedy(written: Any, message: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        configured(written)
    assert str(refused.value) == f"config.yml: sites[0].{message}"


@pytest.mark.parametrize(
    ("key", "spellings", "urls"),
    [
        ("a[1].jpg", "all", ["/a[1].jpg", "/a%5B1%5D.jpg"]),
        ("a|b", "all", ["/a|b", "/a%7Cb"]),
        ("a^b", "all", ["/a%5Eb", "/a^b"]),
        ("a^(b)", "all", ["/a%5E(b)", "/a^(b)", "/a%5E%28b%29"]),
        ("a[b]+!", "all", ["/a[b]+!", "/a%5Bb%5D%2B!", "/a%5Bb%5D%2B%21"]),
        ("a`b", "all", ["/a%60b"]),
        ("a{b}", "all", ["/a%7Bb%7D"]),
        ("a^b", "browser", ["/a%5Eb", "/a^b"]),
        ("a[b]+!", ["component"], ["/a%5Bb%5D%2B!"]),
        ("a[b]+!", ["encoded"], ["/a%5Bb%5D%2B%21"]),
        ("a[b]+!", ["lower"], ["/a%5bb%5d%2b%21"]),
        ("图.jpg", ["lower"], ["/%e5%9b%be.jpg"]),
        ("图.jpg", ["browser", "lower"], ["/%E5%9B%BE.jpg", "/%e5%9b%be.jpg"]),
        ("a.jpg", ["lower"], ["/a.jpg"]),
    ],
)
def test_a_key_is_an_item_in_each_spelling_that_differs(key: str, spellings: Any, urls: list[str]) -> None:
    assert paths(key, spellings) == urls


def test_variants_are_appended_to_every_spelling_and_never_spelled_themselves() -> None:
    assert paths("[a]", ["browser", "lower"], variants=["?x=[1]", "!s"]) == [
        *("/[a]", "/[a]?x=[1]", "/[a]!s"),
        *("/%5ba%5d", "/%5ba%5d?x=[1]", "/%5ba%5d!s"),
    ]


def test_the_aliases_of_an_index_page_are_spelled_as_the_object_is() -> None:
    assert paths("图^/index.html", ["browser", "lower"]) == [
        *("/%E5%9B%BE%5E/index.html", "/%E5%9B%BE^/index.html", "/%e5%9b%be%5e/index.html"),
        *("/%E5%9B%BE%5E/", "/%E5%9B%BE%5E", "/%E5%9B%BE^/", "/%E5%9B%BE^", "/%e5%9b%be%5e/", "/%e5%9b%be%5e"),
    ]


def test_also_urls_always_use_the_spelling_of_current_browsers() -> None:
    further = [{"when": "*", "urls": ["/x{dir}{stem}"]}]
    assert paths("[d]/a^+.html", ["lower"], also=further) == ["/%5bd%5d/a%5e%2b.html", "/x/[d]/a%5E+"]


def test_query_ignore_is_one_item_in_the_spelling_of_current_browsers() -> None:
    config = configured(["lower"], query="ignore")
    found, _ = items_of(Change("my-site", "a^[b]", "ObjectCreated:PutObject"), config)
    assert found == (("IgnoreParams", "https://www.example.com/a%5E[b]"),)


OLDER, TODAY = "/a[1]|^.jpg", "/a[1]|%5E.jpg"


@pytest.mark.parametrize("path", [OLDER, TODAY, "/a%5B1%5D%7C%5E.jpg"])
def test_a_visitor_gets_the_new_object_with_any_browsers_spelling(path: str) -> None:
    url = f"http://www.example.com{path}"
    with Cloud({"sites": [{**SITE, "scheme": "http"}]}) as cloud:
        cloud.oss.stock("my-site", {"a[1]|^.jpg": b"old"})
        before = cloud.visit(url).body
        with bucket(cloud, "my-site") as opened:
            opened.put_object("a[1]|^.jpg", b"new")
        cloud.settle()
        assert (before, cloud.visit(url).body) == (b"old", b"new")
