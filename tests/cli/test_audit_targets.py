"""The URLs of an object that an audit compares, with their relations."""

from typing import Any

import pytest
import yaml

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.settings.config_file import parse
from oss_cdn_refresh_cli.edge.audit.targets import Targets


def shown(key: str, **site: Any) -> list[tuple[str, str]]:
    """The compared paths, each with its relation."""
    text = yaml.safe_dump({"sites": [{"bucket": "my-site", "domains": ["d.example"], **site}]})
    found = Targets(parse(text, "config.yml")).of("my-site", key)
    return [(target.url.removeprefix("https://d.example"), target.relation.value) for target in found.targets]


@pytest.mark.parametrize(
    ("key", "site", "expected"),
    [
        ("a.jpg", {}, [("/a.jpg", "own")]),
        ("a'.jpg", {}, [("/a'.jpg", "own"), ("/a%27.jpg", "own")]),
        ("d/index.html", {}, [("/d/index.html", "own"), ("/d/", "alias"), ("/d", "alias")]),
        ("index.html", {}, [("/index.html", "own"), ("/", "alias")]),
        ("p/a.jpg", {"prefix": "p/", "path": "/x/"}, [("/x/a.jpg", "own")]),
        ("a.jpg", {"variants": ["?v", "!t"]}, [("/a.jpg", "own"), ("/a.jpg?v", "variant"), ("/a.jpg!t", "variant")]),
        ("d/", {}, []),
        ("d/", {"index": []}, [("/d/", "own")]),
        ("x.htm", {"index": ["index.html", "x.htm"]}, [("/x.htm", "own")]),
        (
            "about.html",
            {"also": [{"when": "*.html", "urls": ["{dir}{stem}"]}]},
            [("/about.html", "own"), ("/about", "alias")],
        ),
        ("a.json", {"also": [{"when": "*.json", "urls": ["/feed.xml"]}]}, [("/a.json", "own")]),
        (
            "a.json",
            {"also": [{"when": "a.json", "urls": ["/feed.xml"], "directories": ["/x/"]}]},
            [("/a.json", "own"), ("/feed.xml", "alias")],
        ),
        (
            "n/a.json",
            {"also": [{"when": "*/a.json", "urls": ["{dir}feed"]}]},
            [("/n/a.json", "own"), ("/n/feed", "alias")],
        ),
        ("n/a.json", {"also": [{"when": "*/*.json", "urls": ["{dir}feed"]}]}, [("/n/a.json", "own")]),
    ],
)
def test_urls_of_one_object_are_compared(key: str, site: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert shown(key, **site) == expected


@pytest.mark.parametrize("key", ["a.jpg", "it's (1)+.jpg", "d e/index.html", "index.html", "\u4f60/a b.html"])
def test_every_url_of_a_refresh_is_compared_or_left_out(key: str) -> None:
    config = parse(
        yaml.safe_dump(
            {
                "sites": [
                    {
                        "bucket": "my-site",
                        "domains": ["d.example", "e.example"],
                        "path": "/p/",
                        "variants": ["?v", "!t"],
                        "also": [{"when": "*.html", "urls": ["{dir}{stem}"]}],
                    },
                    {"bucket": "my-site", "domains": ["f.example"], "query": "ignore"},
                ]
            }
        ),
        "config.yml",
    )
    found = Targets(config).of("my-site", key)
    assert (
        tuple(target.item for target in found.targets)
        == items_of(Change("my-site", key, "ObjectCreated:PutObject"), config)[0]
    )
    assert found.left_out == 0
