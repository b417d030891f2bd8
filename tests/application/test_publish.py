"""publish.yaml against the rules of the registry's client and of `s init`.

Facts: npm `@serverless-devs/registry` 0.0.10 (what `s registry publish` checks) and `@serverless-devs/s` 3.1.10.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

import pytest
import yaml
from built import RELEASE, ROOT, make

from infra import deployment
from infra.check_template import findings
from oss_cdn_refresh.settings.checks import a_bucket, a_domain
from oss_cdn_refresh_cli.deployment import regions

SERVICES = {"FC", "OSS", "CDN", "ROS", "SLS", "EventBridge"}  # of the registry's list, as far as the project uses them
CATEGORIES = {"数据处理", "基础云服务", "Web 应用", "其它", "Basic cloud services", "Others"}  # some of the registry's
LANGUAGES = ("publish.yaml", "publish_en.yaml")

Document = dict[str, Any]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("application") / "package")


@pytest.fixture(params=LANGUAGES)
def document(package: Path, request: pytest.FixtureRequest) -> Document:
    return read(package, request.param)


def read(package: Path, name: str) -> Document:
    document: Document = yaml.safe_load((package / name).read_text(encoding="utf-8"))
    return document


RULES: dict[str, Callable[[Document], bool]] = {
    "the edition is the one that the registry takes": lambda it: it["Edition"] == "3.0.0",
    "it is a project, no component": lambda it: it["Type"] == "Project",
    "the name has small letters and hyphens": lambda it: bool(re.fullmatch(r"[a-z-]+", it["Name"])),
    "the provider is Alibaba Cloud": lambda it: it["Provider"] in (["阿里云"], ["Alibaba Cloud"]),
    "the version is the released one": lambda it: it["Version"] == RELEASE,
    "the category is of the registry's list": lambda it: it["Category"] in CATEGORIES,
    "everybody sees it": lambda it: it["Effective"] == "Public",
    "the tags are a list": lambda it: bool(it["Tags"]) and isinstance(it["Tags"], list),
    "the services are of the registry's list": lambda it: it["Service"].keys() <= SERVICES,
    "each service lists its policies": lambda it: all(each["Authorities"] for each in it["Service"].values()),
    "no unknown parameter is allowed": lambda it: it["Parameters"]["additionalProperties"] is False,
    "each required parameter is declared": lambda it: (
        set(it["Parameters"]["required"]) <= it["Parameters"]["properties"].keys()
    ),
    "the regions are those of check-template": lambda it: (
        it["Parameters"]["properties"]["region"]["enum"] == list(regions.REGIONS)
    ),
}
RULES |= {
    f"{key} is a text": lambda it, key=key: isinstance(it[key], str) and bool(it[key])  # type: ignore[misc]
    for key in ("Description", "HomePage", "Organization")
}
OF_A_PARAMETER: dict[str, Callable[[str, Document, Document], bool]] = {
    "it is a text": lambda _name, one, _all: one["type"] == "string",
    "its default is a text that is not empty": lambda _name, one, _all: (
        one.get("default", "x") not in ("", None) and isinstance(one.get("default", ""), str)
    ),
    "without a default it is required": lambda name, one, all_: "default" in one or name in all_["required"],
    "it has a title and a description": lambda _name, one, _all: bool(one["title"] and one["description"]),
    "a choice or a pattern bounds it": lambda _name, one, _all: "enum" in one or "pattern" in one,
}
COLUMNS = 80
LONGEST = "a" * 19  # of a name: the log's project has it, the account, the longest region, and at most 63 characters
TAKEN = {
    "bucket": ["my-site", "abc", "1-a", "a" * 63],
    "domains": ["www.example.com", "a.b.example.com,img.example.org", "xn--fiq228c.example.com", "1.example.com"],
    "name": ["cdn-refresh-ab12", "ab", LONGEST],
}
REFUSED = {
    "bucket": ["My-site", "ab", "-ab", "ab-", "a" * 64, "a_b"],
    "domains": ["*.example.com", "example", "WWW.example.com", "a.com, b.com", "a.com,", "https://a.com", "a-.com"],
    "name": ["a", "1ab", "A-b", "a-", LONGEST + "a"],
}
UNSAFE = ["'", '"', "{{", "<%", "$", "\n", " ", "#", "\\"]  # they break a rendered file, or end a value in it


def parameters(document: Document) -> Iterator[tuple[str, Document]]:
    yield from document["Parameters"]["properties"].items()


@pytest.mark.parametrize("rule", RULES)
def test_publish_yaml_keeps_to(document: Document, rule: str) -> None:
    assert RULES[rule](document)


@pytest.mark.parametrize("rule", OF_A_PARAMETER)
def test_each_parameter_keeps_to(document: Document, rule: str) -> None:
    all_ = document["Parameters"]
    assert [name for name, one in parameters(document) if not OF_A_PARAMETER[rule](name, one, all_)] == []


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in TAKEN.items() for value in values])
def test_a_pattern_accepts_a_value_that_can_be_deployed(document: Document, name: str, value: str) -> None:
    assert re.search(dict(parameters(document))[name]["pattern"], value)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in REFUSED.items() for value in values])
def test_a_pattern_refuses_a_value_that_cannot_be_deployed(document: Document, name: str, value: str) -> None:
    assert not re.search(dict(parameters(document))[name]["pattern"], value)


@pytest.mark.parametrize("unsafe", UNSAFE)
@pytest.mark.parametrize("name", TAKEN)
def test_no_pattern_accepts_a_value_that_would_break_a_rendered_file(
    document: Document, name: str, unsafe: str
) -> None:
    value = TAKEN[name][0]
    tried = (unsafe + value, value[:3] + unsafe + value[3:])
    assert not any(re.search(dict(parameters(document))[name]["pattern"], text) for text in tried)


def test_the_configuration_accepts_the_buckets_and_domains_that_the_patterns_accept() -> None:
    domains = [domain for value in TAKEN["domains"] for domain in value.split(",")]
    assert [*map(a_bucket, TAKEN["bucket"]), *map(a_domain, domains)] == [None] * (len(TAKEN["bucket"]) + len(domains))


@pytest.mark.parametrize("region", regions.REGIONS)
def test_the_longest_name_can_be_deployed_in_each_region(region: str) -> None:
    environ = {"REFRESH_REGION": region}
    short, long = (
        findings(deployment.read(ROOT / "template.yml", {**environ, "REFRESH_NAME": name})) for name in ("ab", LONGEST)
    )
    assert [each.what for each in long] == [each.what for each in short]


def test_a_question_of_s_init_fits_a_line_of_a_terminal(package: Path) -> None:
    """`s init` asks with the texts of publish.yaml in every language, and repeats a broken line with each key."""
    described = {name: one["description"] for name, one in parameters(read(package, "publish.yaml"))}
    too_long = [
        name
        for name, text in described.items()
        if sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text) >= COLUMNS
    ]
    assert too_long == []


def test_a_question_of_s_init_is_in_both_languages(package: Path) -> None:
    described = [one["description"] for _, one in parameters(read(package, "publish.yaml"))]
    both = re.compile(r".*[\u4e00-\u9fff].* / [ -~]+")
    assert [text for text in described if not both.fullmatch(text)] == []


def test_the_english_file_differs_in_texts_only(package: Path) -> None:
    chinese, english = ([*places(read(package, name))] for name in LANGUAGES)
    texts = r"(Provider|Description|Tags|Category|Parameters\.properties\.\w+\.(title|description))(\[\d\])?"
    differing = {place for (place, one), (_, other) in zip(chinese, english, strict=True) if one != other}
    assert [place for place in differing if not re.fullmatch(texts, place)] == []


def places(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    """Each value of a document with its place."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from places(inner, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places(inner, f"{place}[{number}]")
    else:
        yield place, value
