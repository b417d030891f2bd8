"""YAML whose aliases multiply its content, and values of extreme length, are refused at once, with their line."""

import time
from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.settings import yaml_text
from oss_cdn_refresh.settings.config import Site
from oss_cdn_refresh.settings.config_file import KEYS, parse

LONG = "9" * 10_000
LONG_DOMAIN = ".".join(["d" * 63] * 1_000)
SITE = "{bucket: my-site, domains: [a.com]}"


def refusal(text: str | bytes) -> str:
    with pytest.raises(ConfigurationError) as refused:
        parse(text, "config.yml")
    return str(refused.value)


def refused(text: str) -> str | None:
    """The error for a configuration, None for a valid one."""
    try:
        parse(text, "config.yml")
    except ConfigurationError as error:
        return str(error)
    return None


def bomb(line: str, levels: int = 9) -> str:
    """YAML with levels, each of which contains the level before it many times."""
    first = "a0: &a0 {k0: v}\n" if "<<" in line else "a0: &a0 [v, v, v, v, v, v, v, v, v]\n"
    return first + "".join(line.format(now=level, before=f"*a{level - 1}") for level in range(1, levels))


BOMBS = {
    "merge keys": bomb("a{now}: &a{now} {{<<: [{before}, {before}, {before}, {before}, {before}, {before}]}}\n"),
    "merge keys that add": bomb("a{now}: &a{now} {{<<: [{before}, {before}, {before}], k{now}: v}}\n", 40),
    "aliases of lists": bomb("a{now}: &a{now} [{before}, {before}, {before}, {before}, {before}, {before}]\n"),
    "aliases of mappings": bomb("a{now}: &a{now} {{x: {before}, y: {before}, z: {before}}}\n", 40),
    "one long chain": bomb("a{now}: &a{now} {{<<: {before}, k{now}: v}}\n", 2_000),
    "many sites by alias": f"sites: [&s {SITE}{', *s' * 30_000}]",
}


@pytest.mark.parametrize("name", BOMBS)
def test_yaml_whose_aliases_multiply_is_refused_at_once(name: str) -> None:
    began = time.process_time()
    message = refusal(BOMBS[name])
    assert message.startswith("config.yml: line ")
    assert message.endswith(
        "holds more than 100,000 values, those of aliases included: "
        "take aliases and merge keys out, or split the configuration"
    )
    assert time.process_time() - began < 3


@pytest.mark.parametrize("text", ["sites: &s [*s]", "&top {sites: *top}", "sites: [&s {bucket: *s}]", "&a {<<: *a}"])
def test_yaml_that_contains_itself_is_refused(text: str) -> None:
    assert refusal(text).endswith("holds itself: write the value itself instead of the alias")


def test_merge_keys_are_allowed() -> None:
    text = f"sites: [&s {SITE}, {{<<: *s, prefix: a/}}, {{<<: [*s], bucket: other}}]"
    assert [(site.bucket, site.prefix) for site in parse(text, "x").sites] == [
        ("my-site", ""),
        ("my-site", "a/"),
        ("other", ""),
    ]


@pytest.mark.parametrize("text", ["<<: 1", "<<: [1]", "<<: text", f"sites: [{{<<: [{SITE}, 7]}}]"])
def test_a_merge_key_without_a_mapping_is_refused_with_its_line(text: str) -> None:
    assert refusal(text).startswith("config.yml: line 1, column ")


@pytest.mark.parametrize(
    "number",
    [
        LONG,
        f"-{LONG}",
        f"0x{LONG}",
        f"0b{'1' * 10_000}",
        f"0{'7' * 9_999}",
        f"1{':59' * 5_000}",
        f"1.{LONG}",
        f"{LONG}.5",
        f"{LONG}_{LONG}",
        "1" * 31,
        f"!!int {LONG}",
        f"!!float {LONG}",
        f'!!int "{LONG}"',
    ],
    ids=lambda number: number[:12],
)
@pytest.mark.parametrize(
    "place", ["limits: {{urls_per_call: {}}}", "sites: [{{bucket: {}}}]", "? {}\n: 1", "sites: [[{}]]"]
)
def test_a_very_long_number_is_refused_with_its_line(place: str, number: str) -> None:
    message = refusal(place.format(number))
    assert message.startswith("config.yml: line 1, column ")
    assert "is a number of " in message
    assert len(message) < 400


def test_the_longest_number_is_read() -> None:
    text = f"sites: [{SITE}]\ncollapse: {{max_collateral: {'9' * 30}}}"
    assert parse(text, "x").collapse.max_collateral == int("9" * 30)


@pytest.mark.parametrize(
    "text",
    [
        f"{'k' * 100_000}: 1",
        f"? {'k' * 900}\n: 1",
        f"sites: [{{bucket: {'b' * 100_000}}}]",
        f"sites: [{{bucket: my-site, domains: [{'d' * 100_000}]}}]",
        f"sites: [{{bucket: my-site, domains: [a.com], query: {'q' * 100_000}}}]",
        f"sites: [{{bucket: my-site, domains: [a.com], prefix: {'p' * 100_000}}}]",
        f"sites: [{{bucket: my-site, domains: [a.com], exclude: ['!{'p' * 100_000}']}}]",
        f"sites: !!{'t' * 100_000} 1",
        f"sites: !{'t' * 100_000} [1]",
        f"sites: *{'a' * 100_000}",
        f"ignore_params_type: {'t' * 100_000}\nsites: [{SITE}]",
        f"{{{'k' * 900}: 1, {'k' * 900}: 2}}",
        f"sites: !!timestamp {'2' * 100_000}",
        f"sites: [{SITE}]\ncollapse: {{root: {'y' * 100_000}}}",
        f"sites: [{{bucket: my-site, domains: [{LONG_DOMAIN}, {LONG_DOMAIN}]}}]",
    ],
    ids=lambda text: text[:40],
)
def test_long_keys_and_values_are_cut_off_in_messages(text: str) -> None:
    assert len(refusal(text)) < 800


@pytest.mark.parametrize(
    "value",
    [
        "2026-13-40",
        "2026-02-30 12:00:00",
        "2026-01-01T00:00:00-99:99",
        "!!binary a",
        "!!binary é",
        "!!timestamp noon",
        "!!int 0x",
        '!!int "-"',
        "!!float text",
        "!!bool maybe",
        "!!set [a]",
        "!!pairs [a]",
        "!!python/name:os.system",
        "!unknown a",
    ],
)
def test_a_value_that_does_not_fit_its_tag_is_refused_with_its_line(value: str) -> None:
    assert refusal(f"limits: {{}}\nsites: {value}").startswith("config.yml: line 2, column ")


@pytest.mark.parametrize(
    "value", ["2026-01-01", "2026-01-01T00:00:00Z", "!!binary aGk=", "!!set {a}", "!!omap []", "~", ".inf"]
)
def test_a_value_of_another_type_is_refused_with_its_key(value: str) -> None:
    assert refusal(f"sites: [{{bucket: {value}, domains: [a.com]}}]").startswith("config.yml: sites[0].bucket: is ")


def test_a_file_that_is_too_large_is_refused() -> None:
    text = f"sites: [{SITE}]\n#{'x' * yaml_text.MOST_CHARACTERS}"
    expected = "config.yml: the whole file: has more than 1,000,000 characters: see docs/configuration.md for its shape"
    assert refusal(text) == expected


odd = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text("ab/*?{},!%.", max_size=6)
    | st.dates()
    | st.binary(max_size=3)
)
values = st.recursive(
    odd, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(odd, inner, max_size=3), max_leaves=6
)
also = st.fixed_dictionaries({"when": values | st.just("*")}, optional={"urls": values, "directories": values})
site = st.fixed_dictionaries(
    {"bucket": values | st.just("my-site"), "domains": values | st.just(["a.com"])},
    optional=dict.fromkeys(Site._fields[2:], values) | {"also": values | st.lists(also, max_size=2)},
)
top = st.fixed_dictionaries({"sites": values | st.lists(site, max_size=2)}, optional=dict.fromkeys(KEYS[1:], values))


@given(values | top)
def test_any_value_is_a_configuration_or_is_refused_with_four_parts(document: object) -> None:
    message = refused(yaml.safe_dump(document, allow_unicode=True))
    assert message is None or (message.startswith("config.yml: ") and message.count(": ") >= 3)


@given(st.binary(max_size=60) | st.text("[]{}:,-&*<!|>'\"%?~ \n#ab1\t", max_size=40))
def test_any_bytes_are_a_configuration_or_are_refused(text: str | bytes) -> None:
    with suppress(ConfigurationError):
        parse(text, "config.yml")
