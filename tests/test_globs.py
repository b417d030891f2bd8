"""Which keys a glob matches, compared with a naive translation to regular expressions."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oss_cdn_refresh.settings.config import Also
from oss_cdn_refresh.settings.globs import Machine, alternatives, can_match, count, first, matcher, patterns

LETTERS = "ab/[.-\n图"
texts = st.text(LETTERS, max_size=7)
pieces = st.sampled_from([*LETTERS, "*", "**", "**/", "/**/", "?", "a/"])
parts = st.lists(pieces, min_size=1, max_size=3).map("".join)
braces = st.lists(parts, min_size=2, max_size=3).map(lambda found: f"{{{','.join(found)}}}")
globs = st.lists(pieces | braces, min_size=1, max_size=5).map("".join)


def naive(glob: str) -> Callable[[str], object]:
    """A glob as a regular expression for each of its alternatives, for short texts."""
    return re.compile("|".join(map(_translated, alternatives(glob))), re.DOTALL).fullmatch


def _translated(glob: str) -> str:
    written = ""
    at = 0
    while at < len(glob):
        if glob.startswith("**/", at) and (at == 0 or glob[at - 1] == "/"):
            written, at = f"{written}(?:.*/)?", at + 3
        else:
            written, at = written + {"*": ".*", "?": "."}.get(glob[at], re.escape(glob[at])), at + 1
    return written


@given(globs, st.lists(texts, min_size=1, max_size=8))
def test_a_glob_matches_the_same_keys_as_a_naive_translation(glob: str, keys: list[str]) -> None:
    matches, expected = matcher([glob]), naive(glob)
    assert [matches(key) for key in keys] == [expected(key) is not None for key in keys]


@given(st.lists(globs, max_size=4), st.lists(texts, min_size=1, max_size=8))
def test_a_list_matches_a_key_if_one_of_its_globs_does(listed: list[str], keys: list[str]) -> None:
    matches = matcher(listed)
    assert [matches(key) for key in keys] == [any(naive(glob)(key) for glob in listed) for key in keys]


@given(st.lists(globs, max_size=4), st.lists(texts, max_size=4))
def test_the_first_glob_that_matches_a_key_counts(listed: list[str], keys: list[str]) -> None:
    places = [at for at, glob in enumerate(listed) if any(naive(glob)(key) for key in keys)]
    assert first(listed)(keys) == min(places, default=len(listed))


@given(st.lists(globs, min_size=2, max_size=4), st.lists(texts, min_size=1, max_size=6))
def test_lists_may_share_a_machine(listed: list[str], keys: list[str]) -> None:
    machine = Machine()
    matchers = [matcher([glob], machine) for glob in listed]
    found = [[matches(key) for matches in matchers] for key in keys]
    assert found == [[naive(glob)(key) is not None for glob in listed] for key in keys]


def test_a_machine_takes_further_patterns_after_it_has_run() -> None:
    machine = Machine()
    earlier = matcher(["*a*"], machine)
    assert earlier("xax")
    later = matcher(["*b*"], machine)
    assert (earlier("xax"), later("xax"), later("xbx")) == (True, False, True)


@given(globs, st.sampled_from(["", "a/", "b/a/", "[/"]), texts)
def test_a_glob_that_can_match_no_key_of_a_prefix_matches_none(glob: str, prefix: str, rest: str) -> None:
    possible = any(can_match(pattern, prefix) for pattern in patterns(glob))
    assert possible or not matcher([glob])(prefix + rest)


@given(globs)
def test_a_glob_that_can_match_a_key_of_a_prefix_matches_one(glob: str) -> None:
    prefix = "a/b/"
    for pattern in patterns(glob):
        if can_match(pattern, prefix):
            begun = 0
            while begun < len(prefix) and begun < len(pattern) and pattern[begun] != "*":
                begun += 1
            key = prefix + pattern[begun:].replace("*", "").replace("?", "x")
            assert matcher([pattern])(key)


@given(globs)
def test_a_glob_has_at_most_the_counted_number_of_patterns(glob: str) -> None:
    assert len(patterns(glob)) <= count(glob, 10_000)


@pytest.mark.parametrize(
    ("glob", "key", "matched"),
    [
        ("*", "", True),
        ("*", "a\nb/c", True),
        ("**", "a/b", True),
        ("img/*", "img/a/b.jpg", True),
        ("img/**", "img/a/b.jpg", True),
        ("img/*", "img/", True),
        ("img/*", "img", False),
        ("*.map", ".map", True),
        ("*.map", "a.map\n", False),
        ("*.MAP", "a.map", False),
        ("**/*.html", "index.html", True),
        ("**/*.html", "a/b/index.html", True),
        ("**/index.html", "index.html", True),
        ("**/index.html", "a/b/index.html", True),
        ("**/index.html", "xindex.html", False),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/b", "a/xb", False),
        ("a**/b", "a/b", True),
        ("a**/b", "ab", False),
        ("a/**/**/b", "a/b", True),
        ("a?c", "abc", True),
        ("a?c", "a/c", True),
        ("a?c", "a\U0001f600c", True),
        ("a?c", "ac", False),
        ("?", "", False),
        ("*.{map,txt}", "a.txt", True),
        ("*.{map,txt}", "a.html", False),
        ("{a,b}/{c,d}", "b/c", True),
        ("{*.js,img/*}", "img/a", True),
        ("{**/a,b}", "x/a", True),
        ("posts/[id].html", "posts/[id].html", True),
        ("posts/[id].html", "posts/i.html", False),
        ("[!a].js", "b.js", False),
        ("a\\*", "a\\b", True),
        ("(a+b)", "(a+b)", True),
        ("a,b", "a,b", True),
        ("~$^.|", "~$^.|", True),
        ("图*", "图片", True),
        ("*/", "a/b/", True),
        ("*/", "a/b", False),
        ("a*a", "a", False),
        ("a*a", "aa", True),
        ("ab*bc", "abc", False),
    ],
)
def test_the_dialect_of_globs(glob: str, key: str, *, matched: bool) -> None:
    assert Also(glob).matches(key) is matched
