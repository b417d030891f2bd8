"""From keys to URLs: which characters stay, which are encoded, and which have several spellings."""

import string
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oss_cdn_refresh.urls import directory, index_aliases, reachable, spelled_by_browser, spellings

UNRESERVED = string.ascii_letters + string.digits + "-._~"
OPTIONAL = "!$&'()*+,;=:@"
RAW_IN_ENCODE_URI_COMPONENT = "!'()*"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


def encoded(text: str, stays: str) -> str:
    """An encoder of the test's own: what does not stay is encoded byte by byte."""
    return "".join(
        character if character in stays else "".join(f"%{byte:02X}" for byte in character.encode())
        for character in text
    )


@pytest.mark.parametrize("character", UNRESERVED + "/")
def test_an_unreserved_character_has_one_spelling(character: str) -> None:
    assert spellings(character, every=True) == (character,)


@pytest.mark.parametrize("character", RAW_IN_ENCODE_URI_COMPONENT)
def test_an_optional_character_that_encode_uri_component_leaves_has_two_spellings(character: str) -> None:
    assert spellings(character, every=True) == (character, f"%{ord(character):02X}")


@pytest.mark.parametrize("character", sorted(set(OPTIONAL) - set(RAW_IN_ENCODE_URI_COMPONENT)))
def test_every_other_optional_character_has_two_spellings_too(character: str) -> None:
    assert spellings(character, every=True) == (character, f"%{ord(character):02X}")


@pytest.mark.parametrize("optional", ["!a+b", "f(1)=x", "*&*", "x'@y"])
def test_characters_that_the_two_encoders_treat_apart_make_three_spellings(optional: str) -> None:
    assert spellings(optional, every=True) == (
        optional,
        encoded(optional, UNRESERVED + RAW_IN_ENCODE_URI_COMPONENT),
        encoded(optional, UNRESERVED),
    )


@pytest.mark.parametrize("character", OPTIONAL)
def test_a_browser_leaves_an_optional_character_alone(character: str) -> None:
    assert spellings(f"a{character}b", every=False) == (f"a{character}b",)


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
        ("^", "%5E"),
        ("`", "%60"),
        ("{|}", "%7B%7C%7D"),
        ("<>", "%3C%3E"),
        ("[]", "%5B%5D"),
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
def test_everything_else_is_always_encoded_and_nothing_is_trimmed_or_normalised(raw: str, url: str) -> None:
    assert spellings(raw, every=True) == (url,)


def test_a_combining_accent_is_not_composed() -> None:
    assert spelled_by_browser("e\u0301") == "e%CC%81"


@given(texts)
def test_the_spellings_are_the_browsers_encode_uri_components_and_all_encoded_each_once(text: str) -> None:
    expected = [encoded(text, UNRESERVED + "/" + raw) for raw in (OPTIONAL, RAW_IN_ENCODE_URI_COMPONENT, "")]
    assert list(spellings(text, every=True)) == list(dict.fromkeys(expected))


@given(texts)
def test_only_the_browsers_spelling_is_left_where_not_every_one_is_asked_for(text: str) -> None:
    assert spellings(text, every=False) == (spelled_by_browser(text),)


@given(texts)
def test_every_spelling_decodes_to_the_text_and_is_one_printable_line(text: str) -> None:
    for spelling in spellings(text, every=True):
        assert unquote(spelling, errors="strict") == text
        assert spelling.isascii()
        assert spelling.isprintable()
        assert " " not in spelling


def test_the_longest_key_is_spelled_whole() -> None:
    key = "名" * 341
    assert len(key.encode()) == 1_023
    assert spellings(key, every=True) == ("%E5%90%8D" * 341,)


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
def test_a_dot_segment_cannot_be_asked_for(path: str) -> None:
    assert not reachable(path)


@pytest.mark.parametrize("path", ["/", "/a.b", "/...", "/.a", "/a.", "/..a/", "//", "/a/.well-known/b", "/%2E%2E/"])
def test_any_other_path_can_be_asked_for(path: str) -> None:
    assert reachable(path)
