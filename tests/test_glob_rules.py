"""Globs that would silently match no key: the message for each mistake, with the glob that was probably meant."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.settings.checks import quoted
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.config_file import parse
from oss_cdn_refresh.settings.glob_rules import a_glob

SITE: dict[str, Any] = {"bucket": "my-site", "domains": ["www.example.com"]}
FOLDERS = "ends with /, and so matches folder objects alone"
NOT = "begins with !, and a glob cannot exclude keys that another one matches"
SLASH = "begins with /, which no key does"
DOTS = "begins with a . or .. segment, which no client asks for"
PREFIX = """matches no key that begins with the site's prefix "www/\""""


def parsed(top: Any = None, **site: Any) -> Config:
    return parse(yaml.safe_dump({"sites": [{**SITE, **site}], **(top or {})}, allow_unicode=True), "config.yml")


def refusal(top: Any = None, **site: Any) -> str:
    with pytest.raises(ConfigurationError) as refused:
        parsed(top, **site)
    return str(refused.value)


@pytest.mark.parametrize(
    ("glob", "what", "meant"),
    [
        ("drafts/", FOLDERS, "drafts/*"),
        ("a/b/", FOLDERS, "a/b/*"),
        ("img/*/", FOLDERS, "img/*/*"),
        ("**/", FOLDERS, "**/*"),
        ("**/node_modules/", FOLDERS, "**/node_modules/*"),
        ("{a,b}/", FOLDERS, "{a,b}/*"),
        ("{a/,b}", FOLDERS, "{a/*,b}"),
        ("/img/*", SLASH, "img/*"),
        ("//img/*", SLASH, "img/*"),
        ("/", SLASH, "*"),
        ("/**", SLASH, "**"),
        ("/index.html", SLASH, "index.html"),
        ("/drafts/", SLASH, "drafts/*"),
        ("{/a,b}", SLASH, "{a,b}"),
        ("./img/*", DOTS, "img/*"),
        ("../img/*", DOTS, "img/*"),
        ("./", DOTS, "*"),
        ("*.{map,{txt,md}}", "has braces inside braces", "*.{map,txt,md}"),
        ("{a{b,c},d}/*", "has braces inside braces", "{ab,ac,d}/*"),
        ("{{a,b}}", "has braces inside braces", "{a,b}"),
        ("*.{map,txt", "has a { that is not closed", "*.{map,txt}"),
        ("a{b", "has a { that is not closed", "ab"),
        ("*.{", "has a { that is not closed", "*."),
        ("*.map,txt}", "has a } without its {", "*.map,txt"),
        ("a}b{c,d}", "has a } without its {", "ab{c,d}"),
        ("*.{map,}", "has an empty part in its braces", "*.map"),
        ("*.{map,,txt}", "has an empty part in its braces", "*.{map,txt}"),
        ("a{}b", "has an empty part in its braces", "ab"),
        ("*.{js}", "has braces with a single part", "*.js"),
        ("posts/{id}.html", "has braces with a single part", "posts/id.html"),
    ],
)
def test_the_remedy_for_a_glob_of_another_dialect_is_the_glob_that_was_probably_meant(
    glob: str, what: str, meant: str
) -> None:
    expected = f"config.yml: sites[0].exclude[1]: {json.dumps(glob)} {what}: did you mean {json.dumps(meant)}?"
    assert refusal(exclude=["x/*", glob]) == expected


@pytest.mark.parametrize(
    ("site", "message"),
    [
        ({"exclude": ["!img/*"]}, f'exclude[0]: "!img/*" {NOT}: did you mean "img/*" in include?'),
        ({"include": ["*", "!img/*"]}, f'include[1]: "!img/*" {NOT}: did you mean "img/*" in exclude?'),
        ({"include": ["!/img/"]}, f'include[0]: "!/img/" {NOT}: did you mean "img/*" in exclude?'),
        ({"include": ["!(img)/*"]}, f'include[0]: "!(img)/*" {NOT}: did you mean "(img)/*" in exclude?'),
        ({"also": [{"when": "!*.html", "urls": ["/"]}]}, f'also[0].when: "!*.html" {NOT}: did you mean "*.html"?'),
        ({"include": ["index{,.html}"]}, 'include[0]: "index{,.html}" has an empty part in its braces: '),
    ],
)
def test_a_mistake_in_a_glob_is_refused_in_every_list(site: dict[str, Any], message: str) -> None:
    assert refusal(**site).startswith(f"config.yml: sites[0].{message}")


def test_the_remedy_for_an_empty_first_part_is_two_globs() -> None:
    assert refusal(include=["index{,.html}"]).endswith(': did you mean "index" and "index.html"?')


@pytest.mark.parametrize("top", [{"priority": ["drafts/"]}, {"collapse": {"priority": ["drafts/"]}}], ids=str)
def test_a_mistake_in_a_priority_is_refused_with_its_place(top: dict[str, Any]) -> None:
    assert f'priority[0]: "drafts/" {FOLDERS}: did you mean "drafts/*"?' in refusal(top)


@pytest.mark.parametrize(
    ("glob", "meant"),
    [
        ("drafts/*", "www/drafts/*"),
        ("*/drafts", None),
        ("index.html", "www/index.html"),
        ("www", "www/*"),
        ("w?x/*", "www/w?x/*"),
        ("{drafts,img}/*", "www/{drafts,img}/*"),
        ("Www/*", "www/Www/*"),
        ("www2/*", "www/www2/*"),
        ("/drafts/*", "www/drafts/*"),
        ("drafts/", "www/drafts/*"),
        ("/www/*", "www/*"),
        ("www/*", None),
        ("{www,docs}/*", None),
        ("w*", None),
        ("????*", None),
        ("**/index.html", None),
        ("www/index.html", None),
    ],
)
@pytest.mark.parametrize("name", ["include", "exclude", "when"])
def test_a_glob_that_matches_no_key_of_the_prefix_is_refused_with_the_prefix(
    glob: str, meant: str | None, name: str
) -> None:
    lists = {"also": [{"when": glob, "urls": ["/"]}]} if name == "when" else {name: [glob]}
    if meant is None:
        assert parsed(prefix="www/", **lists).sites[0].prefix == "www/"
    else:
        assert refusal(prefix="www/", **lists).endswith(f": did you mean {json.dumps(meant)}?")


def test_the_error_for_a_glob_outside_the_prefix_names_the_prefix() -> None:
    expected = f'config.yml: sites[0].exclude[0]: "drafts/*" {PREFIX}: did you mean "www/drafts/*"?'
    assert refusal(prefix="www/", exclude=["drafts/*"]) == expected


def test_a_glob_in_priority_is_not_checked_against_a_prefix() -> None:
    assert parsed({"priority": ["drafts/*"]}, prefix="www/").collapse.priority == ("drafts/*",)


@pytest.mark.parametrize(
    "glob", ["*", "**", "*/", "*.{map,txt}", "**/*.html", "posts/[id].html", "a\\b", "img!/*", ".well-known/*", "a/./b"]
)
def test_a_valid_glob_is_accepted(glob: str) -> None:
    assert parsed(include=[glob]).sites[0].include == (glob,)


@pytest.mark.parametrize("glob", ["a" * 1_024, f"{'图' * 342}*", f"*{'?' * 1_024}", f"{{{'a' * 1_024},{'b' * 1_025}}}"])
def test_a_glob_that_is_longer_than_any_key_is_refused(glob: str) -> None:
    assert "is longer than any key, which has at most 1,023 bytes" in refusal(include=[glob])


@pytest.mark.parametrize(
    "glob", ["a" * 1_023, f"{'图' * 341}*", f"*{'?' * 1_023}*", f"{{{'a' * 1_023},{'b' * 1_025}}}"]
)
def test_a_glob_as_long_as_the_longest_key_is_accepted(glob: str) -> None:
    assert parsed(include=[glob]).sites[0].include == (glob,)


@pytest.mark.parametrize(
    "glob", ["{a,b}" * 8, "{a,b}" * 1_000, f"{{{','.join('x' * 201)}}}", "a/" + "**/b/" * 8, "/**" * 3 + "{a,b}" * 9]
)
def test_a_glob_with_too_many_combinations_is_refused(glob: str) -> None:
    assert refusal(include=["*", glob]).startswith("config.yml: sites[0].include[1]: ")


def test_the_remedy_for_a_glob_with_too_many_combinations_is_to_split_it() -> None:
    assert refusal(include=["{a,b}" * 8]).endswith(
        "has more than 200 combinations of braces and **/: write it as several globs"
    )


def test_a_long_glob_is_cut_off_in_the_message() -> None:
    assert len(refusal(include=[f"/{'a' * 100_000}"])) < 400


@given(st.text("ab/*?!.,{}[", max_size=12), st.sampled_from(["", "a/", "a/b/"]))
def test_the_suggested_glob_is_valid(glob: str, prefix: str) -> None:
    complaint = a_glob(prefix)(glob)
    assume(complaint is not None and "did you mean" in complaint[1])
    assert complaint
    for meant in complaint[1].removeprefix("did you mean ").removesuffix("?").split(" and "):
        assert a_glob(prefix)(json.loads(meant)) is None


@given(st.text(max_size=30), st.sampled_from(["", "a/", "图/"]))
def test_any_text_is_a_glob_or_is_refused_with_a_remedy(glob: str, prefix: str) -> None:
    complaint = a_glob(prefix, "exclude")(glob)
    assert complaint is None or all(complaint)


@pytest.mark.parametrize(
    "glob", ["{" * 2_000, "{" * 50, "{a" * 20 + "}" * 20, "}" * 3_000, "{,}" * 30, "!" * 500, "/" * 999]
)
def test_hostile_globs_are_refused_at_once(glob: str) -> None:
    complaint = a_glob("www/")(glob)
    assert complaint
    assert len(quoted(glob) + "".join(complaint)) < 1_000


@pytest.mark.parametrize(
    "glob", ["{a/,b}{*,b}{a,b}*{a,b}{**/,x}", f"/{'a' * 250}*", f"!{{{'a' * 200},b}}", f"{'d' * 240}/"]
)
def test_no_remedy_suggests_a_glob_that_is_cut_off(glob: str) -> None:
    complaint = a_glob()(glob)
    assert complaint
    assert complaint[1] == "see docs/configuration.md, Globs"
