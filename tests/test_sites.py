"""Which items refresh a change, for the sites of a configuration."""

import unicodedata
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st
from world import SITE, event, record

from oss_cdn_refresh import events
from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.from_url import fault
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.model.item import URL_LENGTH
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.config_file import parse

WWW = "https://www.example.com"
PUT = "ObjectCreated:PutObject"
ALONE = {"index": []}


def configured(*sites: dict[str, Any]) -> Config:
    return parse(yaml.safe_dump({"sites": [{**SITE, **site} for site in sites]}, allow_unicode=True), "config.yml")


def change(key: str, event: str = PUT, bucket: str = "my-site", **sizes: Any) -> Change:
    return Change(bucket, key, event, **sizes)


def items(key: str, *sites: dict[str, Any], name: str = PUT, **sizes: Any) -> list[tuple[str, str]]:
    """The items of a change as `(type, path)`; for another domain than the first one, with the whole URL."""
    found, _ = items_of(change(key, name, **sizes), configured(*sites or ({},)))
    return [(item.type, item.url.removeprefix(WWW)) for item in found]


def files(key: str, *sites: dict[str, Any], **about: Any) -> list[str]:
    found = items(key, *sites, **about)
    assert {object_type for object_type, _ in found} <= {"File"}
    return [path for _, path in found]


def ignored(one: Change, *sites: dict[str, Any]) -> str:
    found, reason = items_of(one, configured(*sites or ({},)))
    assert bool(found) != bool(reason)
    return reason


# The object itself


def test_an_object_is_one_file_item_on_its_domain() -> None:
    found, reason = items_of(change("a/b.jpg"), configured({}))
    assert (found, reason) == ((("File", "https://www.example.com/a/b.jpg"),), "")


def test_every_domain_of_a_site_has_its_own_item() -> None:
    assert files("a.jpg", {"domains": ["www.example.com", "img.example.com"]}) == [
        "/a.jpg",
        "https://img.example.com/a.jpg",
    ]


def test_a_site_of_scheme_http_is_submitted_as_http_alone() -> None:
    assert items("a.jpg", {"scheme": "http"}) == [("File", "http://www.example.com/a.jpg")]


def test_the_spellings_of_a_key_are_items_of_their_own() -> None:
    assert files("a+(1).jpg") == ["/a+(1).jpg", "/a%2B(1).jpg", "/a%2B%281%29.jpg"]


def test_spellings_browser_keeps_only_the_browsers_spelling() -> None:
    assert files("a+(1).jpg", {"spellings": "browser"}) == ["/a+(1).jpg"]


def test_a_key_that_ends_in_a_slash_is_a_file() -> None:
    assert items("photos/") == [("File", "/photos/")]


def test_a_newline_in_a_key_does_not_make_a_second_item() -> None:
    assert files("a\nhttps://www.example.com/b") == [
        "/a%0Ahttps://www.example.com/b",
        "/a%0Ahttps%3A//www.example.com/b",
    ]


@pytest.mark.parametrize(
    ("prefix", "path", "key", "url"),
    [
        ("", "/", "a.jpg", "/a.jpg"),
        ("public/", "/", "public/a.jpg", "/a.jpg"),
        ("", "/assets/", "a.jpg", "/assets/a.jpg"),
        ("public/", "/assets/", "public/d/a.jpg", "/assets/d/a.jpg"),
        ("public/", "/", "public/public/a.jpg", "/public/a.jpg"),
        ("图/", "/", "图/a.jpg", "/a.jpg"),
        ("", "/%E5%9B%BE/", "a.jpg", "/%E5%9B%BE/a.jpg"),
        ("public/", "/", "public/", "/"),
        ("", "/", "/a.jpg", "//a.jpg"),
        ("", "/a+b/", "c.jpg", "/a+b/c.jpg"),
    ],
)
def test_the_path_replaces_the_prefix_literally(prefix: str, path: str, key: str, url: str) -> None:
    assert files(key, {"prefix": prefix, "path": path}) == [url]


# Index pages


@pytest.mark.parametrize(
    ("site", "key", "urls"),
    [
        ({}, "index.html", ["/index.html", "/"]),
        ({}, "d/index.html", ["/d/index.html", "/d/", "/d"]),
        ({}, "a/b/index.html", ["/a/b/index.html", "/a/b/", "/a/b"]),
        ({}, "a//index.html", ["/a//index.html", "/a//", "/a/"]),
        ({"path": "/p/"}, "index.html", ["/p/index.html", "/p/", "/p"]),
        ({"path": "/p/"}, "d/index.html", ["/p/d/index.html", "/p/d/", "/p/d"]),
        ({"prefix": "public/"}, "public/index.html", ["/index.html", "/"]),
        ({"prefix": "public/", "path": "/p/q/"}, "public/index.html", ["/p/q/index.html", "/p/q/", "/p/q"]),
        ({"index": []}, "index.html", ["/index.html"]),
        ({"index": ["default.htm", "home"]}, "d/home", ["/d/home", "/d/", "/d"]),
        ({"index": ["default.htm"]}, "d/index.html", ["/d/index.html"]),
        ({}, "d/INDEX.HTML", ["/d/INDEX.HTML"]),
        ({}, "d/myindex.html", ["/d/myindex.html"]),
        ({}, "index.html/a", ["/index.html/a"]),
        ({}, "index.html/", ["/index.html/"]),
        ({}, "中/index.html", ["/%E4%B8%AD/index.html", "/%E4%B8%AD/", "/%E4%B8%AD"]),
        ({"spellings": "browser"}, "a+b/index.html", ["/a+b/index.html", "/a+b/", "/a+b"]),
    ],
)
def test_an_index_page_is_its_directory_too(site: dict[str, Any], key: str, urls: list[str]) -> None:
    assert files(key, site) == urls


def test_the_aliases_of_an_index_page_are_spelled_the_same_ways() -> None:
    assert files("a+b!/index.html") == [
        "/a+b!/index.html",
        "/a%2Bb!/index.html",
        "/a%2Bb%21/index.html",
        "/a+b!/",
        "/a+b!",
        "/a%2Bb!/",
        "/a%2Bb!",
        "/a%2Bb%21/",
        "/a%2Bb%21",
    ]


def test_the_path_of_an_alias_is_not_encoded_again() -> None:
    assert files("index.html", {"path": "/a+b/"}) == ["/a+b/index.html", "/a+b/", "/a+b"]


# Variants and queries


def test_variants_are_appended_to_each_spelling_of_the_object_as_written() -> None:
    assert set(files("a+b.jpg", {"variants": ["?x-oss-process=style/thumb", "!thumb"]})) == {
        f"/{spelled}{variant}"
        for spelled in ("a+b.jpg", "a%2Bb.jpg")
        for variant in ("", "?x-oss-process=style/thumb", "!thumb")
    }


def test_variants_are_not_appended_to_aliases() -> None:
    assert set(files("d/index.html", {"variants": ["?v=1"]})) == {
        "/d/index.html",
        "/d/index.html?v=1",
        "/d/",
        "/d",
    }


def test_query_ignore_is_one_ignore_params_item_in_the_browsers_spelling_instead_of_files() -> None:
    assert items("a+b!.jpg", {"query": "ignore"}) == [("IgnoreParams", "/a+b!.jpg")]


def test_query_ignore_has_no_item_with_a_query() -> None:
    assert items("a.jpg", {"query": "ignore", "variants": ["?v=1"]}) == [("IgnoreParams", "/a.jpg")]


def test_query_ignore_leaves_the_aliases_files() -> None:
    assert items("d/index.html", {"query": "ignore"}) == [
        ("IgnoreParams", "/d/index.html"),
        ("File", "/d/"),
        ("File", "/d"),
    ]


# also


@pytest.mark.parametrize(
    ("site", "when", "template", "key", "path"),
    [
        ({}, "*.html", "{dir}{stem}", "about.html", "/about"),
        ({}, "*.html", "{dir}{stem}", "a/b/about.html", "/a/b/about"),
        ({}, "*.html", "{dir}{stem}/", "d/about.html", "/d/about/"),
        ({}, "*.html", "/amp{dir}{stem}", "d/about.html", "/amp/d/about"),
        ({"path": "/p/"}, "*.html", "{dir}{stem}", "d/about.html", "/p/d/about"),
        ({"prefix": "public/"}, "*.html", "{dir}{stem}", "public/d/about.html", "/d/about"),
        ({"prefix": "public/", "path": "/p/"}, "public/*", "{dir}{stem}", "public/about.html", "/p/about"),
        ({}, "*", "{dir}{stem}", "a b/c d.tar.gz", "/a%20b/c%20d.tar"),
        ({}, "*", "{dir}{stem}", "d/.htaccess", "/d/.htaccess"),
        ({}, "*", "{dir}{stem}", "d/LICENSE", "/d/LICENSE"),
        ({}, "*", "{dir}{stem}", "a+b/c+d.html", "/a+b/c+d"),
        ({}, "*", "{dir}{stem}", "{dir}/{stem}.x", "/%7Bdir%7D/%7Bstem%7D"),
        ({}, "a.jpg", "/latest", "a.jpg", "/latest"),
        ({}, "a.jpg", "/a+b?v=1", "a.jpg", "/a+b?v=1"),
    ],
)
def test_an_also_url_is_filled_in_with_the_objects_directory_and_stem(
    site: dict[str, Any], when: str, template: str, key: str, path: str
) -> None:
    further = items(key, {**ALONE, **site, "also": [{"when": when, "urls": [template]}]})
    assert further[-1] == ("File", path)


def test_also_urls_are_not_encoded_again() -> None:
    assert files("a+b.html", {"also": [{"when": "*", "urls": ["{dir}{stem}"]}]}) == [
        "/a+b.html",
        "/a%2Bb.html",
        "/a+b",
    ]


def test_a_single_page_app_refreshes_everything_with_its_index_page() -> None:
    assert items("index.html", {"also": [{"when": "index.html", "directories": ["/"]}]}) == [
        ("File", "/index.html"),
        ("File", "/"),
        ("Directory", "/"),
    ]


def test_an_also_directory_is_filled_in_too() -> None:
    site = {"also": [{"when": "*.json", "directories": ["{dir}", "/x{dir}{stem}/"]}]}
    assert items("d/a.json", site) == [("File", "/d/a.json"), ("Directory", "/d/"), ("Directory", "/x/d/a/")]


def test_also_urls_are_on_every_domain() -> None:
    site = {"domains": ["www.example.com", "m.example.com"], "also": [{"when": "*", "urls": ["/x"]}]}
    assert files("a", site) == ["/a", "/x", "https://m.example.com/a", "https://m.example.com/x"]


@pytest.mark.parametrize("key", ["d/index.html", "INDEX.html", "index.htm"])
def test_when_is_a_glob_on_the_whole_key(key: str) -> None:
    site = {**ALONE, "also": [{"when": "index.html", "urls": ["/x"]}]}
    assert "/x" not in files(key, site)


def test_all_matching_entries_of_also_apply() -> None:
    also = [{"when": "*.html", "urls": ["/one"]}, {"when": "a*", "urls": ["/two"]}, {"when": "b*", "urls": ["/no"]}]
    assert files("a.html", {"also": also}) == ["/a.html", "/one", "/two"]


# Bulk deletes


@pytest.mark.parametrize(
    ("key", "path"),
    [("d/a.jpg", "/d/"), ("d/e/a.jpg", "/d/e/"), ("d/e/", "/d/e/"), ("a b/c", "/a%20b/"), ("d//a", "/d//")],
)
def test_bulk_delete_directory_refreshes_the_directory_of_the_key(key: str, path: str) -> None:
    assert items(key, {"bulk_delete": "directory"}, name="ObjectRemoved:DeleteObjects") == [("Directory", path)]


def test_bulk_delete_directory_is_below_the_path_of_the_site() -> None:
    site = {"bulk_delete": "directory", "prefix": "public/", "path": "/p/"}
    assert items("public/d/a", site, name="ObjectRemoved:DeleteObjects") == [("Directory", "/p/d/")]


@pytest.mark.parametrize(
    ("site", "key", "paths"),
    [
        ({}, "a.jpg", ["/a.jpg"]),
        ({}, "index.html", ["/index.html", "/"]),
        ({}, "a+b", ["/a+b", "/a%2Bb"]),
        ({"path": "/p/"}, "a.jpg", ["/p/a.jpg"]),
        ({"path": "/p/"}, "index.html", ["/p/index.html", "/p/", "/p"]),
        ({"path": "/p/q/"}, "a", ["/p/q/a"]),
        ({"prefix": "public/"}, "public/a.jpg", ["/a.jpg"]),
        ({"prefix": "public/", "path": "/p/"}, "public/a.jpg", ["/p/a.jpg"]),
        ({"prefix": "a/b/"}, "a/b/c", ["/c"]),
        ({"prefix": "public/"}, "public/", ["/"]),
        ({"prefix": "public/"}, "public//a", ["//a"]),
        ({"prefix": "public/"}, "public///a", ["///a"]),
        ({"variants": ["?v=1"]}, "a.jpg", ["/a.jpg", "/a.jpg?v=1"]),
    ],
)
def test_bulk_delete_directory_never_takes_the_root_of_a_site(site: dict[str, Any], key: str, paths: list[str]) -> None:
    found = items(key, {"bulk_delete": "directory", **site}, name="ObjectRemoved:DeleteObjects")
    assert found == [("File", path) for path in paths]


def test_bulk_delete_directory_leaves_an_object_at_the_root_its_ignore_params_item() -> None:
    site = {"bulk_delete": "directory", "query": "ignore"}
    assert items("a.jpg", site, name="ObjectRemoved:DeleteObjects") == [("IgnoreParams", "/a.jpg")]


@pytest.mark.parametrize("name", [PUT, "ObjectRemoved:DeleteObject", "ObjectReplication:ObjectRemoved"])
def test_bulk_delete_directory_applies_only_to_delete_objects(name: str) -> None:
    assert items("d/a.jpg", {"bulk_delete": "directory"}, name=name) == [("File", "/d/a.jpg")]


def test_delete_objects_refreshes_exactly_the_key_by_default() -> None:
    assert items("d/a.jpg", name="ObjectRemoved:DeleteObjects") == [("File", "/d/a.jpg")]


def test_bulk_delete_directory_leaves_the_queries_that_a_directory_may_not_cover() -> None:
    site = {"bulk_delete": "directory", "variants": ["?v=1", "!s"]}
    found = items("d/a.jpg", site, name="ObjectRemoved:DeleteObjects")
    assert set(found) == {("Directory", "/d/"), ("File", "/d/a.jpg?v=1")}


def test_bulk_delete_directory_leaves_the_aliases_that_no_directory_covers() -> None:
    found = items("d/index.html", {"bulk_delete": "directory"}, name="ObjectRemoved:DeleteObjects")
    assert ("Directory", "/d/") in found
    assert ("File", "/d") in found


# Several sites


def test_the_distinct_items_of_all_matching_sites_are_refreshed() -> None:
    sites = [
        {"domains": ["www.example.com"]},
        {"domains": ["img.example.com"], "path": "/i/"},
        {"domains": ["www.example.com"], "variants": ["!s"]},
        {"domains": ["other.example.com"], "bucket": "other"},
        {"domains": ["never.example.com"], "prefix": "x/"},
    ]
    assert files("a.jpg", *sites) == ["/a.jpg", "https://img.example.com/i/a.jpg", "/a.jpg!s"]


def test_a_site_that_ignores_a_change_does_not_stop_the_others() -> None:
    assert files("a.jpg", {"exclude": ["*"]}, {"domains": ["img.example.com"]}) == ["https://img.example.com/a.jpg"]


# Include and exclude


@pytest.mark.parametrize(
    ("globs", "key", "wanted"),
    [
        ({"include": ["*.jpg"]}, "a.jpg", True),
        ({"include": ["*.jpg"]}, "d/e/a.jpg", True),
        ({"include": ["*.jpg"]}, "a.JPG", False),
        ({"include": ["*.jpg"]}, "a.jpg\n", False),
        ({"include": ["*.jpg"]}, "line\nbreak.jpg", True),
        ({"include": ["*.jpg", "*.png"]}, "a.png", True),
        ({"include": ["d/*"]}, "d/e/f", True),
        ({"include": ["d/*"]}, "ad/e", False),
        ({"include": ["?.jpg"]}, "a.jpg", True),
        ({"include": ["?.jpg"]}, "ab.jpg", False),
        ({"include": ["[ab].jpg"]}, "b.jpg", False),
        ({"include": ["posts/[id].html"]}, "posts/[id].html", True),
        ({"include": ["*.{jpg,png}"]}, "a.png", True),
        ({"include": ["**/*.html"]}, "index.html", True),
        ({"include": ["a.jpg"]}, "a-jpg", False),
        ({"include": ["(a+b)"]}, "(a+b)", True),
        ({"include": ["图*"]}, "图片", True),
        ({}, "anything\nat/all", True),
        ({"exclude": ["*/drafts/*"]}, "x/drafts/y", False),
        ({"exclude": ["*/drafts/*"]}, "x/Drafts/y", True),
        ({"include": ["*.jpg"], "exclude": ["a*"]}, "a.jpg", False),
        ({"include": ["a.jpg"], "exclude": ["a.jpg"]}, "a.jpg", False),
        ({"exclude": ["*"]}, "line\nbreak", False),
        ({"prefix": "public/", "include": ["public/a.jpg"]}, "public/a.jpg", True),
    ],
)
def test_globs_match_the_whole_key_with_its_case_and_exclude_wins(
    globs: dict[str, Any],
    key: str,
    wanted: bool,
) -> None:
    assert ignored(change(key), globs) == ("" if wanted else "excluded")


# Ignored changes


@pytest.mark.parametrize("name", ["ObjectDownloaded:GetObject", "ObjectCreated:UploadPart", "Something:New"])
def test_an_event_without_effect_is_always_ignored(name: str) -> None:
    assert ignored(change("../x", name, bucket="other"), {"exclude": ["*"]}) == "event_type"


@pytest.mark.parametrize(
    ("bucket", "key", "prefix"),
    [
        ("my-site", "www2/a.html", "www/"),
        ("my-site", "www", "www/"),
        ("other", "a", ""),
        ("my-site", "a", "public/"),
        ("my-site", "Public/a", "public/"),
        ("my-site", "x/public/a", "public/"),
        ("MY-SITE", "a", ""),
    ],
)
def test_a_change_that_belongs_to_no_site_is_ignored(bucket: str, key: str, prefix: str) -> None:
    assert ignored(change(key, bucket=bucket), {"prefix": prefix}) == "no_site"


@pytest.mark.parametrize("key", [".", "..", "a/../b", "./a", "a/.", "a//../b"])
def test_a_key_with_a_dot_segment_is_unreachable(key: str) -> None:
    assert ignored(change(key)) == "unreachable"


@pytest.mark.parametrize(
    ("size", "delta", "skipped"),
    [
        (10, 10, True),
        (10, 0, False),
        (0, 0, False),
        (10, 4, False),
        (True, True, False),
        (10.0, 10.0, False),
        ("10", "10", False),
        (None, None, False),
    ],
)
def test_new_objects_skip_ignores_a_new_object(size: Any, delta: Any, skipped: bool) -> None:
    (one,) = events.read(event(record(size=size, deltaSize=delta))).changes
    assert ignored(one, {"new_objects": "skip"}) == ("new_object" if skipped else "")


def test_new_objects_are_refreshed_by_default() -> None:
    assert ignored(change("a", size=10, delta=10)) == ""


NEW = change("a", size=10, delta=10)
NEW_AND_UNREACHABLE = change("a/../b", size=10, delta=10)
EXCLUDES: dict[str, Any] = {"exclude": ["*"]}
SKIPS: dict[str, Any] = {"new_objects": "skip"}
ELSEWHERE: dict[str, Any] = {"prefix": "elsewhere/"}


@pytest.mark.parametrize(
    ("one", "sites", "reason"),
    [
        (NEW, [ELSEWHERE, EXCLUDES], "excluded"),
        (NEW, [EXCLUDES, ELSEWHERE], "excluded"),
        (NEW, [EXCLUDES, SKIPS, ELSEWHERE], "new_object"),
        (NEW, [SKIPS, EXCLUDES], "new_object"),
        (NEW_AND_UNREACHABLE, [EXCLUDES, SKIPS], "new_object"),
        (NEW_AND_UNREACHABLE, [SKIPS, {}], "unreachable"),
        (NEW_AND_UNREACHABLE, [{}, SKIPS, EXCLUDES, ELSEWHERE], "unreachable"),
        (NEW, [{**EXCLUDES, **SKIPS}], "excluded"),
        (NEW_AND_UNREACHABLE, [{**SKIPS}], "new_object"),
        (NEW, [EXCLUDES, {}], ""),
    ],
)
def test_the_reason_is_that_of_the_site_that_came_furthest(
    one: Change, sites: list[dict[str, Any]], reason: str
) -> None:
    assert ignored(one, *sites) == reason


# Keys of every kind

segments = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10),
    st.sampled_from(
        [
            "",
            "a",
            "%2F",
            "a%20b",
            "a+b",
            "a b",
            "图片",
            "🙂",
            "\n",
            "a\r\nb",
            "?",
            "#",
            "..a",
            "index.html",
            "%",
            "e\u0301",
            "é",
        ]
    ),
)
keys = st.one_of(
    st.lists(segments, min_size=1, max_size=5).map("/".join), st.sampled_from(["x" * 1_023, "名" * 341, "+" * 1_023])
).filter(lambda key: key and not {".", ".."} & set(key.split("/")))
plain_sites = st.fixed_dictionaries(
    {
        "index": st.just([]),
        "path": st.sampled_from(["/", "/p/", "/p/q/"]),
        "spellings": st.sampled_from(["all", "browser", ["lower"], ["component", "lower"]]),
    },
    optional={"query": st.sampled_from(["exact", "ignore"]), "scheme": st.sampled_from(["http", "https"])},
)


@given(keys, keys, plain_sites)
def test_without_aliases_no_object_refreshes_the_url_of_another(one: str, other: str, site: dict[str, Any]) -> None:
    assume(one != other)
    configuration = configured(site)
    ones, others = (set(items_of(change(key), configuration)[0]) for key in (one, other))
    assert ones
    assert others
    assert not ones & others


CONFUSED = [
    quote,
    unquote,
    lambda key: quote(key, safe=""),
    lambda key: key.replace("+", " "),
    lambda key: key.replace(" ", "+"),
    lambda key: f"{key}/",
    lambda key: key.rstrip("/"),
    lambda key: key.replace("//", "/"),
    lambda key: key.strip(),
    str.swapcase,
    lambda key: unicodedata.normalize("NFC", key),
    lambda key: key.replace("\\", "/"),
    lambda key: key.partition("?")[0],
    lambda key: key.partition("\n")[0],
    lambda key: key.replace("%2F", "/"),
]


@given(keys, st.sampled_from(CONFUSED), plain_sites)
def test_keys_that_are_easily_confused_never_share_a_url(
    key: str, confused: Callable[[str], str], site: dict[str, Any]
) -> None:
    other = confused(key)
    assume(other not in ("", key))
    configuration = configured(site)
    assert not set(items_of(change(key), configuration)[0]) & set(items_of(change(other), configuration)[0])


@given(keys, plain_sites)
def test_the_path_of_every_url_decodes_to_the_key(key: str, site: dict[str, Any]) -> None:
    found, _ = items_of(change(key), configured(site))
    for item in found:
        split = urlsplit(item.url)
        assert (split.query, split.fragment, item.domain) == ("", "", "www.example.com")
        assert unquote(item.url.partition("www.example.com")[2], errors="strict") == site["path"] + key


@given(keys, plain_sites.map(lambda site: {**site, "index": ["index.html"], "variants": ["?v=1", "!s"]}))
def test_every_item_is_one_printable_line_of_ascii(key: str, site: dict[str, Any]) -> None:
    found, _ = items_of(change(key), configured(site))
    assert all(item.url.isascii() and item.url.isprintable() and " " not in item.url for item in found)
    assert len(set(found)) == len(found)


plain_keys = st.text("ab.-_~/", min_size=1, max_size=9) | st.sampled_from(["index.html", "a/index.html", "aindex.html"])


@given(plain_keys | keys, st.sampled_from(["", "a/"]), st.sampled_from([PUT, "ObjectRemoved:DeleteObjects"]))
def test_settings_for_other_keys_do_not_affect_a_key(key: str, prefix: str, name: str) -> None:
    also = [{"when": f"{prefix}\0", "urls": ["/other"]}]
    site = {"prefix": prefix, "domains": ["www.example.com", "img.example.com"]}
    one = change(key, name)
    assert items_of(one, configured(site)) == items_of(one, configured({**site, "also": also}))


@given(
    plain_keys | keys,
    st.fixed_dictionaries(
        {},
        optional={
            "query": st.just("ignore"),
            "bulk_delete": st.just("directory"),
            "variants": st.just(["?v=1", "!s"]),
            "also": st.just([{"when": "*", "urls": ["{dir}{stem}.webp"], "directories": ["{dir}"]}]),
        },
    ),
    st.sampled_from([PUT, "ObjectRemoved:DeleteObjects"]),
)
def test_the_only_fault_of_an_items_url_from_a_change_is_its_length(key: str, site: dict[str, Any], name: str) -> None:
    configuration = configured(site)
    for item in items_of(change(key, name), configuration)[0]:
        assert fault(item, configuration.domains) is None or len(item.url) > URL_LENGTH


def test_the_aliases_of_an_index_page_are_on_every_domain() -> None:
    domains = ["www.example.com", "img.example.com"]
    assert files("d/index.html", {"domains": domains}) == [
        "/d/index.html",
        "/d/",
        "/d",
        "https://img.example.com/d/index.html",
        "https://img.example.com/d/",
        "https://img.example.com/d",
    ]
