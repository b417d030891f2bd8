"""Oracle: the WHATWG URL parser `ada-url`. Our spellings of URLs must include the spellings of browsers.

The author of a link has to encode characters with a meaning in a URL (percent sign, question mark, hash and backslash)
and characters that browsers remove from a link (tabs, newlines, and white space at the end). The browser decides how to
send all other characters.
"""

import re
from urllib.parse import unquote

import pytest
import yaml
from ada_url import URL
from hypothesis import example, given
from hypothesis import strategies as st
from world import SITE

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.model.urls import SPELLINGS, reachable, spellings
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.config_file import parse

WWW = "https://www.example.com"
PUT = "ObjectCreated:PutObject"
PRINTABLE = [chr(code) for code in range(0x20, 0x7F)]
HAS_A_MEANING = re.compile(r"[%?#\\\t\r\n]|[\x00-\x20]+$")  # to encode in a link
POSITIONS = [
    "{}",
    "{}a",
    "a{}b",
    "a{}",
    "{}/a",
    "d{}/a",
    "{}d/a",
    "d{}e/a",
    "d/{}",
    "d/{}a",
    "d/a{}",
    "d/{}/a",
    "a{}{}",
]


def link(path: str) -> str:
    """A link to a path, in which only the necessary characters are encoded."""
    return HAS_A_MEANING.sub(lambda found: "".join(f"%{ord(character):02X}" for character in found[0]), path)


def sent_by_a_browser(path: str) -> str:
    """The path of the request for a link on a page of the same site."""
    url = URL(f"{WWW}/{link(path)}")
    assert (url.search, url.hash, url.host) == ("", "", "www.example.com")
    return url.pathname.removeprefix("/")


def also(url: str) -> Config:
    site = {**SITE, "index": [], "also": [{"when": "*", "urls": [url]}]}
    return parse(yaml.safe_dump({"sites": [site]}), "config.yml")


STEM, DIRECTORY, PAGE = (also(url) for url in ("/x/{stem}", "/x{dir}", "{dir}{stem}"))


def further(key: str, config: Config) -> str:
    """The path of an object's `also` URL."""
    (*_, last), _ = items_of(Change("my-site", key, PUT), config)
    return last.url.removeprefix(WWW)


texts = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
ascii_texts = st.text(st.sampled_from([chr(code) for code in range(0x80)]), min_size=1, max_size=12)
keys = st.lists(texts | ascii_texts, min_size=1, max_size=4).map("/".join).filter(reachable)


@pytest.mark.parametrize("character", [character for character in PRINTABLE if character not in "./"])
def test_a_printable_character_is_spelled_as_browsers_send_it_at_any_position(character: str) -> None:
    paths = [position.replace("{}", character) for position in POSITIONS]
    assert [spellings(path, ("browser",))[0] for path in paths] == list(map(sent_by_a_browser, paths))


@pytest.mark.parametrize("character", "./")
def test_dots_and_slashes_are_not_encoded_as_in_browsers(character: str) -> None:
    positions = ["{}a", "a{}b", "a{}", "{}a/a", "d{}/a", "{}{}{}", "d/{}a", "d/a{}", "a{}{}b"]
    paths = [position.replace("{}", character) for position in positions]
    assert [spellings(path, ("browser",))[0] for path in paths] == list(map(sent_by_a_browser, paths))


@given(keys)
@example("a b/é^`{}|[]\"<>'\x7f")
@example("e\u0301/\u2028\ufeff\U0001f642")
@example("C:/a")
@example("/www.example.org/a")
@example("%2e%2e/a%2Fb")
@example("a\\..\\b")
@example("a\tb\nc\r")
@example(" a ")
@example("..a/...")
@example("xn--a/\u3002\uff0e")
def test_any_key_is_spelled_as_browsers_send_it(key: str) -> None:
    assert sent_by_a_browser(key) == spellings(key, ("browser",))[0]


@given(keys)
def test_a_browser_sends_each_of_our_spellings_unchanged(key: str) -> None:
    for spelled in spellings(key, tuple(SPELLINGS)):
        assert URL(f"{WWW}/{spelled}").pathname == "/" + spelled.replace("^", "%5E")


@given(keys)
def test_each_spelling_decoded_once_is_the_key(key: str) -> None:
    assert {unquote(spelled, errors="strict") for spelled in spellings(key, tuple(SPELLINGS))} == {key}


@pytest.mark.parametrize("path", [".", "..", "a/.", "a/..", "./a", "a/../b", "a/./b"])
def test_a_browser_resolves_the_segments_that_count_as_unreachable(path: str) -> None:
    assert not reachable(path)
    assert unquote(sent_by_a_browser(path)) != path


@pytest.mark.parametrize("character", [character for character in PRINTABLE if character not in "./"])
def test_the_stem_of_a_further_url_is_spelled_as_browsers_send_it(character: str) -> None:
    stems = [character, f"a{character}b", f"{character}a", f"a{character}"]
    assert [further(f"d/{stem}.html", STEM) for stem in stems] == [f"/x/{sent_by_a_browser(stem)}" for stem in stems]


@pytest.mark.parametrize("character", [character for character in PRINTABLE if character not in "./"])
def test_the_directory_of_a_further_url_is_spelled_as_browsers_send_it(character: str) -> None:
    folders = [f"{character}/", f"a{character}b/", f"{character}a/", f"a{character}/", f"d/{character}/"]
    assert [further(f"{folder}a", DIRECTORY) for folder in folders] == [
        f"/x/{sent_by_a_browser(folder)}" for folder in folders
    ]


@given(keys)
def test_a_further_url_of_any_page_is_spelled_as_browsers_send_it(key: str) -> None:
    assert further(f"{key}/a{key.replace('/', '')}.html", PAGE) == "/" + sent_by_a_browser(
        f"{key}/a{key.replace('/', '')}"
    )
