"""The spellings of a key in a URL: which characters stay, which are encoded, and which have several spellings."""

import re
import string
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oss_cdn_refresh.mapping.sites import index_aliases
from oss_cdn_refresh.model.urls import (
    SPELLINGS,
    directory,
    plain,
    reachable,
    spelled_by_browser,
    spellings,
)

UNRESERVED = string.ascii_letters + string.digits + "-._~"
OPTIONAL = "!$&'()*+,;=:@[]|"  # and "^", which browsers spell in two ways
RAW_IN_ENCODE_URI_COMPONENT = "!'()*"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def encoded(text: str, stays: str) -> str:
    """An independent encoder: all characters but those in `stays` are encoded byte by byte."""
    return "".join(
        character if character in stays else "".join(f"%{byte:02X}" for byte in character.encode())
        for character in text
    )


@pytest.mark.parametrize("character", UNRESERVED + "/")
def test_an_unreserved_character_has_one_spelling(character: str) -> None:
    assert spellings(character) == (character,)


@pytest.mark.parametrize("character", RAW_IN_ENCODE_URI_COMPONENT)
def test_an_optional_character_that_encode_uri_component_leaves_has_two_spellings(character: str) -> None:
    assert spellings(character) == (character, f"%{ord(character):02X}")


@pytest.mark.parametrize("character", sorted(set(OPTIONAL) - set(RAW_IN_ENCODE_URI_COMPONENT)))
def test_every_other_optional_character_has_two_spellings_too(character: str) -> None:
    assert spellings(character) == (character, f"%{ord(character):02X}")


@pytest.mark.parametrize("optional", ["!a+b", "f(1)=x", "*&*", "x'@y"])
def test_characters_that_the_encoders_treat_differently_make_three_spellings(optional: str) -> None:
    assert spellings(optional) == (
        optional,
        encoded(optional, UNRESERVED + RAW_IN_ENCODE_URI_COMPONENT),
        encoded(optional, UNRESERVED),
    )


@pytest.mark.parametrize("character", OPTIONAL)
def test_a_browser_does_not_encode_an_optional_character(character: str) -> None:
    assert spellings(f"a{character}b", ("browser",)) == (f"a{character}b",)


@pytest.mark.parametrize(
    ("raw", "url"),
    [
        (" ", "%20"),
        ("%", "%25"),
        ("%2F", "%252F"),
        ("?", "%3F"),
        ("#", "%23"),
        ('"', "%22"),
        ("\\", "%5C"),
        ("`", "%60"),
        ("{}", "%7B%7D"),
        ("<>", "%3C%3E"),
        ("\n", "%0A"),
        ("\r\n", "%0D%0A"),
        ("\t", "%09"),
        ("\x00", "%00"),
        ("\x7f", "%7F"),
        ("é", "%C3%A9"),
        ("中文", "%E4%B8%AD%E6%96%87"),
        ("🙂", "%F0%9F%99%82"),
        ("\u2028", "%E2%80%A8"),
        ("a//b/", "a//b/"),
        (" a ", "%20a%20"),
    ],
    ids=ascii,
)
def test_all_other_characters_are_encoded_and_nothing_is_trimmed_or_normalised(raw: str, url: str) -> None:
    assert spellings(raw) == (url,)


def test_a_combining_accent_is_not_composed() -> None:
    assert spelled_by_browser("e\u0301") == "e%CC%81"


@given(texts)
def test_the_spellings_are_the_browsers_encode_uri_components_and_all_encoded_each_once(text: str) -> None:
    stays = (OPTIONAL, OPTIONAL + "^", RAW_IN_ENCODE_URI_COMPONENT, "")
    expected = [encoded(text, UNRESERVED + "/" + raw) for raw in stays]
    assert list(spellings(text)) == list(dict.fromkeys(expected))


@pytest.mark.parametrize(
    ("name", "stays"),
    [("browser", OPTIONAL), ("component", RAW_IN_ENCODE_URI_COMPONENT), ("encoded", "")],
)
@given(texts.filter(lambda text: "^" not in text))
def test_each_spelling_can_be_requested_alone(name: str, stays: str, text: str) -> None:
    assert spellings(text, (name,)) == (encoded(text, UNRESERVED + "/" + stays),)


def test_a_caret_is_spelled_as_in_current_and_in_older_browsers() -> None:
    assert spellings("a^[1]", ("browser",)) == ("a%5E[1]", "a^[1]")


def test_spelled_by_browser_is_the_spelling_of_current_browsers() -> None:
    assert spelled_by_browser("a^b") == "a%5Eb"


@given(texts)
def test_lower_is_all_encoded_with_lower_case_hex(text: str) -> None:
    (spelled,) = spellings(text, ("lower",))
    assert spelled == re.sub("%..", lambda found: found[0].lower(), encoded(text, UNRESERVED + "/"))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("名.JPG", ("%E5%90%8D.JPG", "%e5%90%8d.JPG")),
        ("A+B", ("A+B", "A%2BB", "A%2bB")),
        ("%2F", ("%252F",)),
        ("a b", ("a%20b",)),
        ("PLAIN.html", ("PLAIN.html",)),
    ],
)
def test_lower_case_hex_is_a_spelling_of_its_own_where_hex_has_letters(text: str, expected: tuple[str, ...]) -> None:
    assert spellings(text, ("browser", "component", "encoded", "lower")) == expected


def test_lower_is_a_spelling_only_on_request() -> None:
    assert spellings("名+") == ("%E5%90%8D+", "%E5%90%8D%2B")


@pytest.mark.parametrize("path", ["a.jpg", "d/e-f_g~h.1", ".", "d/", "/"])
def test_a_path_of_unreserved_characters_is_the_same_in_every_spelling(path: str) -> None:
    assert spellings(path, tuple(SPELLINGS)) == (path,)


@pytest.mark.parametrize("path", ["a.jpg", "d/e-f_g~h.1", "d/", "d//e", "a..b"])
def test_a_path_of_unreserved_characters_without_dot_segments_is_plain(path: str) -> None:
    assert plain(path)


@pytest.mark.parametrize("character", [chr(code) for code in range(256) if chr(code) not in UNRESERVED + "/"])
def test_a_path_with_any_other_character_is_not_plain(character: str) -> None:
    assert not plain(f"a{character}b")


@given(texts)
def test_every_spelling_decodes_to_the_text_and_is_one_printable_line(text: str) -> None:
    for spelling in spellings(text, tuple(SPELLINGS)):
        assert unquote(spelling, errors="strict") == text
        assert spelling.isascii()
        assert spelling.isprintable()
        assert " " not in spelling


def test_the_longest_key_is_spelled_whole() -> None:
    key = "名" * 341
    assert len(key.encode()) == 1_023
    assert spellings(key) == ("%E5%90%8D" * 341,)


@pytest.mark.parametrize(
    ("path", "parent"),
    [("a.jpg", ""), ("d/a.jpg", "d/"), ("d/e/a.jpg", "d/e/"), ("d/", "d/"), ("/", "/"), ("//a", "//"), ("", "")],
)
def test_the_directory_of_a_path_ends_with_its_last_slash(path: str, parent: str) -> None:
    assert directory(path) == parent


@pytest.mark.parametrize(
    ("directory_path", "aliases"),
    [
        ("/", ("/",)),
        ("/p/", ("/p/", "/p")),
        ("/a/b/", ("/a/b/", "/a/b")),
        ("/a//", ("/a//", "/a/")),
        ("/%E4%B8%AD/", ("/%E4%B8%AD/", "/%E4%B8%AD")),
    ],
)
def test_the_aliases_of_an_index_page_are_its_directory_with_and_without_the_slash(
    directory_path: str, aliases: tuple[str, ...]
) -> None:
    assert index_aliases(directory_path) == aliases


@pytest.mark.parametrize("path", ["/.", "/..", "/./a", "/a/..", "/a/../b", "..", "a/.", "//../"])
def test_a_path_with_a_dot_segment_is_unreachable(path: str) -> None:
    assert not reachable(path)


@pytest.mark.parametrize("path", ["/", "/a.b", "/...", "/.a", "/a.", "/..a/", "//", "/a/.well-known/b", "/%2E%2E/"])
def test_any_other_path_is_reachable(path: str) -> None:
    assert reachable(path)
