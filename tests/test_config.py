"""The grammar of the configuration: which keys are optional, and the message for every mistake."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh.products import product
from oss_cdn_refresh.products.cdn import LIMITS
from oss_cdn_refresh.settings.config import Also, Collapse, Config, Site
from oss_cdn_refresh.settings.config_file import parse

FUNCTIONS = Path(__file__).parent.parent / "functions"
SITE = {"bucket": "my-site", "domains": ["www.example.com"]}


def site(**fields: Any) -> Site:
    (only,) = parsed({**SITE, **fields}).sites
    return only


def parsed(*sites: Any, **top: Any) -> Config:
    return parse(yaml.safe_dump({"sites": list(sites), **top}, allow_unicode=True), "config.yml")


def refusal(text: str | bytes) -> str:
    with pytest.raises(ConfigurationError) as refused:
        parse(text, "config.yml")
    return str(refused.value)


# Valid configurations


def test_a_site_needs_only_a_bucket_and_a_domain() -> None:
    assert parsed(SITE) == Config(
        sites=(
            Site(
                bucket="my-site",
                domains=("www.example.com",),
                prefix="",
                path="/",
                include=("*",),
                exclude=(),
                index=("index.html",),
                variants=(),
                query="exact",
                also=(),
                new_objects="refresh",
                bulk_delete="exact",
                spellings=("browser", "component", "encoded"),
                scheme="https",
            ),
        ),
        by_bucket={"my-site": (Site("my-site", ("www.example.com",)),)},
        domains={"www.example.com": Target("cdn")},
        limits={
            "cdn": LIMITS._replace(
                urls_per_call=1_000, directories_per_call=100, domains_per_call=10, urls_per_minute_per_domain=1_000
            )
        },
        ignore_params_type="IgnoreParams",
    )


EVERYTHING = """
sites:
  - bucket: my-images
    prefix: public/
    path: /assets/
    domains: [img.example.com, IMG2.Example.com]
    include: ["*.jpg", "*.png"]
    exclude: ["*/drafts/*"]
    index: []
    variants: ["?x-oss-process=style/thumb", "!thumb"]
    query: ignore
    also:
      - when: "*.html"
        urls: ["{dir}{stem}"]
      - when: public/index.html
        directories: [/, "{dir}"]
    new_objects: skip
    bulk_delete: directory
    spellings: browser
    scheme: http
limits:
  urls_per_call: 500
  directories_per_call: 50
  domains_per_call: 5
  urls_per_minute_per_domain: 10000
ignore_params_type: ExQuery
"""


def test_every_key_is_read() -> None:
    config = parse(EVERYTHING, "config.yml")
    assert config.sites == (
        Site(
            bucket="my-images",
            domains=("img.example.com", "img2.example.com"),
            prefix="public/",
            path="/assets/",
            include=("*.jpg", "*.png"),
            exclude=("*/drafts/*",),
            index=(),
            variants=("?x-oss-process=style/thumb", "!thumb"),
            query="ignore",
            also=(Also("*.html", urls=("{dir}{stem}",)), Also("public/index.html", directories=("/", "{dir}"))),
            new_objects="skip",
            bulk_delete="directory",
            spellings=("browser",),
            scheme="http",
        ),
    )
    limits = config.limits["cdn"]
    assert (limits.urls_per_call, limits.directories_per_call, limits.domains_per_call) == (500, 50, 5)
    assert limits.urls_per_minute_per_domain == 10_000
    assert config.ignore_params_type == "ExQuery"


def test_a_configuration_may_be_bytes_of_utf_8() -> None:
    assert parse("sites: [{bucket: my-site, prefix: 图/, domains: [a.com]}]".encode(), "x").sites[0].prefix == "图/"


def test_the_configuration_in_the_package_is_valid() -> None:
    text = (FUNCTIONS / "config.yml").read_bytes()
    assert parse(text, "config.yml").sites == (Site("my-site", ("www.example.com",)),)


def example_in_the_comments(product_lines: str = "product: cdn") -> Config:
    """The example that the configuration in the package has in its comments, for a product."""
    lines = (FUNCTIONS / "config.yml").read_text().splitlines()
    site = [
        line.replace("# ", "", 1).rstrip("#") for line in lines if line.startswith("  # ") and "site with" not in line
    ]
    limits = [line.removeprefix("# ") for line in lines[lines.index("# limits:") :]]
    text = "\n".join(["sites:", *site, *limits[: limits.index("")]])
    return parse(text.replace("product: cdn", product_lines), "example")


def test_the_example_in_the_comments_of_the_configuration_is_valid() -> None:
    config = example_in_the_comments()
    assert config.sites[0].bucket == "my-images"
    assert config.sites[0].also == (Also("*.html", urls=("{dir}{stem}",)),)
    assert config.limits == {"cdn": LIMITS}


def test_the_example_in_the_comments_is_valid_for_esa() -> None:
    """Its limit of URLs a minute holds for all products; the others are the defaults of ESA."""
    config = example_in_the_comments("esa_site_id: 123456789012345\n    product: esa")
    assert config.sites[0].target == Target("esa", "123456789012345")
    assert config.limits == {"esa": product("esa").LIMITS._replace(urls_per_minute_per_domain=1_000)}


def test_sites_of_one_bucket_are_found_together() -> None:
    config = parsed(
        {**SITE, "prefix": "a/"}, {"bucket": "other", "domains": ["o.example.com"]}, {**SITE, "prefix": "b/"}
    )
    assert [one.prefix for one in config.by_bucket["my-site"]] == ["a/", "b/"]
    assert config.domains == dict.fromkeys(["www.example.com", "o.example.com"], Target("cdn"))


@pytest.mark.parametrize("bucket", ["abc", "a" * 63, "0-0", "my-site", "3-a-b--c", "123"])
def test_a_bucket_name_that_oss_allows_is_accepted(bucket: str) -> None:
    assert site(bucket=bucket).bucket == bucket


@pytest.mark.parametrize(
    "domain", ["a.com", "xn--fiqs8s.example.com", "a-b.c_d.example", "1.example.com", "a" * 63 + ".com"]
)
def test_a_domain_without_a_wildcard_is_accepted(domain: str) -> None:
    assert site(domains=[domain]).domains == (domain,)


def test_domains_are_lower_cased() -> None:
    assert site(domains=["WWW.Example.COM"]).domains == ("www.example.com",)


@pytest.mark.parametrize("domains", [["a.com"], ["b.com", "a.com"]])
def test_a_domain_may_belong_to_several_sites(domains: list[str]) -> None:
    assert len(parsed({**SITE, "domains": ["a.com"]}, {**SITE, "domains": domains}).sites) == 2


def test_a_yaml_alias_does_not_count_as_a_duplicate_key() -> None:
    text = "sites: [{bucket: one, domains: &d [a.com]}, {bucket: two, domains: *d}]"
    assert [one.domains for one in parse(text, "x").sites] == [("a.com",), ("a.com",)]


# Mistakes and their messages

NO_DOMAINS = [
    "localhost",
    "a.com/",
    "a.com/b",
    "a b.com",
    "-a.com",
    "a..com",
    "a.com.",
    "u@a.com",
    "a.com?",
    f"{'a' * 64}.com",
]
NO_BUCKETS = [
    "ab",
    "a" * 64,
    "-my-site",
    "my-site-",
    "My-site",
    "my_site",
    "my.site",
    "my site",
    "my-site\n",
    "my-site/",
    "oss://my-site",
    "my-site.oss-cn-hangzhou.aliyuncs.com",
    "\uff4d\uff59-site",
    "---",
]
WHOLE_NUMBER = "write a whole number, or leave the key out where it has a default"
ALL_KEYS = (
    "bucket, domains, prefix, path, include, exclude, index, variants, query, also, new_objects, bulk_delete, "
    "spellings, scheme, preload, product, esa_site_id"
)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        # texts and their places
        ({"bucket": ""}, "bucket: is an empty text: write one, or leave the key out where it has a default"),
        ({"bucket": 7}, "bucket: is a whole number: write a text, or leave the key out where it has a default"),
        ({"bucket": None}, "bucket: is empty (null): write a text, or leave the key out where it has a default"),
        ({"bucket": True}, "bucket: is true or false: write a text, or leave the key out where it has a default"),
        ({"bucket": 1.5}, "bucket: is of type float: write a text, or leave the key out where it has a default"),
        ({"bucket": []}, "bucket: is a list: write a text, or leave the key out where it has a default"),
        ({"bucket": {}}, "bucket: is a mapping: write a text, or leave the key out where it has a default"),
        ({"prefix": None}, "prefix: is empty (null): write a text, or leave the key out where it has a default"),
        ({"prefix": "/a"}, 'prefix: "/a" begins with /, which no key of OSS does: write "a/"'),
        (
            {"prefix": "/"},
            'prefix: "/" begins with /, which no key of OSS does: leave prefix out, which means every key',
        ),
        (
            {"prefix": "//"},
            'prefix: "//" begins with /, which no key of OSS does: leave prefix out, which means every key',
        ),
        ({"prefix": "/a/"}, 'prefix: "/a/" begins with /, which no key of OSS does: write "a/"'),
        ({"prefix": "*"}, 'prefix: "*" does not end with /: leave prefix out, which means every key'),
        *(
            ({"prefix": prefix}, f'prefix: "{prefix}" does not end with /: write "{meant}/"')
            for prefix, meant in [
                ("www", "www"),
                ("www/*", "www"),
                ("www/**", "www"),
                ("a/b", "a/b"),
                ("图", "图"),
                ("www/ ", "www/ "),
                ("www.", "www."),
                ("index.html", "index.html"),
            ]
        ),
        *(
            (
                {"bucket": bucket},
                (
                    f"bucket: {shown} is no name of a bucket: "
                    "write 3 to 63 lower-case letters, digits and hyphens, no hyphen first or last"
                ),
            )
            for bucket in NO_BUCKETS
            for shown in (json.dumps(bucket, ensure_ascii=False),)
        ),
        # domains
        ({"domains": []}, "domains: is an empty list: name at least one"),
        (
            {"domains": "a.com"},
            "domains: is a text: write a list, or leave the key out where it has a default",
        ),
        (
            {"domains": None},
            "domains: is empty (null): write a list, or leave the key out where it has a default",
        ),
        (
            {"domains": ["a.com", None]},
            "domains[1]: is empty (null): write a text, or leave the key out where it has a default",
        ),
        (
            {"domains": ["*.example.com"]},
            'domains[0]: "*.example.com" is a wildcard, which the CDN does not refresh: list each sub-domain',
        ),
        (
            {"domains": [".example.com"]},
            'domains[0]: ".example.com" is a wildcard, which the CDN does not refresh: list each sub-domain',
        ),
        (
            {"domains": ["https://a.com"]},
            'domains[0]: "https://a.com" has a scheme: write the bare domain, and the scheme as scheme: https or http',
        ),
        ({"domains": ["a.com:443"]}, 'domains[0]: "a.com:443" has a port: write the bare domain'),
        ({"domains": ["例.com"]}, 'domains[0]: "例.com" is not ASCII: write its xn-- form'),
        *(
            (
                {"domains": [domain]},
                f'domains[0]: "{domain}" is no domain: write an accelerated domain such as www.example.com',
            )
            for domain in NO_DOMAINS
        ),
        ({"domains": ["a.com", "A.com"]}, 'domains[1]: "a.com" is listed twice: take one out'),
        # paths
        ({"path": "p/"}, 'path: "p/" does not begin with /: begin it with /'),
        ({"path": "/p"}, 'path: "/p" does not end with /: end it with /'),
        *(
            ({"path": path}, f'path: "{path}" has {found}, which clients send as {sent}: write {sent}')
            for path, found, sent in [
                ("/{dir}", "a {", "%7B"),
                ("/a}/", "a }", "%7D"),
                ("/a<b/", "a <", "%3C"),
                ("/a>b/", "a >", "%3E"),
                ("/a`/", "a `", "%60"),
            ]
        ),
        ({"path": '/a"/'}, 'path: "/a\\"/" has a ", which clients send as %22: write %22'),
        ({"path": "/a\\b/"}, 'path: "/a\\\\b/" has a \\, which clients send as /: write /'),
        *(
            ({"path": path}, f'path: "{path}" has //: write a single /')
            for path in ("//", "//a/", "/a//", "/a//b/", "///", "/a/b//")
        ),
        *(
            (
                {"path": path},
                f'path: "{path}" has a % without two hex digits: write %25 where the character is meant',
            )
            for path in ("/%zz/", "/%/", "/%2/", "/a%2g/", "/100%/", "/%%20/", "/%u56fe/", "/%20%4/")
        ),
        *(
            (
                {"path": path},
                f'path: "{path}" has a . or .. segment, which no client sends: write the path that clients ask for',
            )
            for path in ("/./", "/a/./b/", "/%2e/", "/a/%2E%2e/", "/.%2e/b/", "/../")
        ),
        ({"path": ""}, "path: is an empty text: write one, or leave the key out where it has a default"),
        ({"path": "/a?b/"}, 'path: "/a?b/" has a query: write the path alone'),
        (
            {"path": "/a/../"},
            'path: "/a/../" has a . or .. segment, which no client sends: write the path that clients ask for',
        ),
        (
            {"path": "/a b/"},
            'path: "/a b/" has white space or control characters: percent-encode them as clients do',
        ),
        ({"path": "/é/"}, 'path: "/é/" has characters beyond ASCII: percent-encode them as clients do'),
        ({"path": "/#/"}, 'path: "/#/" has a #, which clients never send: write %23 where the character is meant'),
        # globs and names
        ({"include": []}, "include: is an empty list: name at least one"),
        ({"include": "*"}, "include: is a text: write a list, or leave the key out where it has a default"),
        ({"include": [7]}, "include[0]: is a whole number: write a text, or leave the key out where it has a default"),
        ({"exclude": None}, "exclude: is empty (null): write a list, or leave the key out where it has a default"),
        ({"exclude": [""]}, "exclude[0]: is an empty text: write one, or leave the key out where it has a default"),
        ({"index": ["d/index.html"]}, 'index[0]: "d/index.html" is a path: write the last segment of the key alone'),
        *(
            (
                {"index": ["index.html", glob]},
                f'index[1]: "{glob}" is a glob, and only a key with the * itself would have that name: write each name',
            )
            for glob in ("*.html", "*", "index.*", "**", "index*")
        ),
        ({"index": ["."]}, 'index[0]: "." is a segment that no client asks for: write a name such as index.html'),
        ({"index": [".."]}, 'index[0]: ".." is a segment that no client asks for: write a name such as index.html'),
        ({"index": None}, "index: is empty (null): write a list, or leave the key out where it has a default"),
        # variants
        *(
            (
                {"variants": ["!s", variant]},
                f"variants[1]: {shown} has white space or control characters: percent-encode them as clients do",
            )
            for variant in ("?a b", "?a\nb", "\t", "?\x1b", "?\u3000", "!a\u200b")
            for shown in (json.dumps(variant, ensure_ascii=False),)
        ),
        (
            {"variants": ["?a#b"]},
            'variants[0]: "?a#b" has a #, which clients never send: write %23 where the character is meant',
        ),
        *(
            ({"variants": [variant]}, f"variants[0]: {json.dumps(variant)} {wrong}")
            for variant, wrong in (
                ("!a%", "has a % without two hex digits: write %25 where the character is meant"),
                ("%4", "has a % without two hex digits: write %25 where the character is meant"),
                ("!%zz?a=1", "has a % without two hex digits: write %25 where the character is meant"),
                ("!{a}", "has a {, which clients send as %7B: write %7B"),
                ("!a\\b", "has a \\, which clients send as /: write /"),
                ("!<a>", "has a <, which clients send as %3C: write %3C"),
                ("/../a", "has a . or .. segment, which no client sends: write the path that clients ask for"),
                ("/%2E", "has a . or .. segment, which no client sends: write the path that clients ask for"),
                ("//a", "has //: write a single /"),
            )
        ),
        ({"variants": [{}]}, "variants[0]: is a mapping: write a text, or leave the key out where it has a default"),
        # choices
        ({"query": "exactly"}, 'query: is "exactly": write exact or ignore'),
        ({"query": None}, "query: is empty (null): write exact or ignore"),
        ({"new_objects": False}, "new_objects: is true or false: write refresh or skip"),
        ({"bulk_delete": []}, "bulk_delete: is a list: write exact or directory"),
        (
            {"spellings": "ALL"},
            'spellings: is "ALL": write all, browser or a list of browser, component, encoded, lower',
        ),
        ({"scheme": "ftp"}, 'scheme: is "ftp": write https or http'),
        # also
        ({"also": {}}, "also: is a mapping: write a list, or leave the key out where it has a default"),
        ({"also": [[]]}, "also[0]: is a list: write a mapping, or leave the key out where it has a default"),
        ({"also": [{"urls": ["/"]}]}, "also[0]: when is missing: add it"),
        (
            {"also": [{"when": "*"}]},
            "also[0]: has neither urls nor directories: name the paths that show the object too",
        ),
        ({"also": [{"when": "*", "url": ["/"]}]}, "also[0]: 'url' is no key here: did you mean urls?"),
        ({"also": [{"when": "*", "urls": []}]}, "also[0].urls: is an empty list: name at least one"),
        ({"also": [{"when": "*", "directories": []}]}, "also[0].directories: is an empty list: name at least one"),
        (
            {"also": [{"when": "", "urls": ["/"]}]},
            "also[0].when: is an empty text: write one, or leave the key out where it has a default",
        ),
        (
            {"also": [{"when": "*", "urls": ["a"]}]},
            'also[0].urls[0]: "a" does not begin with / or {dir}: write a path of the domain',
        ),
        (
            {"also": [{"when": "*", "urls": ["/", "/{name}"]}]},
            'also[0].urls[1]: "/{name}" has an unknown placeholder: only {dir} and {stem} are filled in',
        ),
        *(
            (
                {"also": [{"when": "*", "urls": [template]}]},
                f'also[0].urls[0]: "{template}" has an unknown placeholder: only {{dir}} and {{stem}} are filled in',
            )
            for template in ("/{}", "/{0}", "/{dir.x}", "/{stem[0]}", "/{stem!r}", "/{stem:>9}", "{dir}{dir:{stem}}")
        ),
        (
            {"also": [{"when": "*", "urls": ["/{dir"]}]},
            'also[0].urls[0]: "/{dir" has a lone { or }: write %7B or %7D where the character is meant',
        ),
        (
            {"also": [{"when": "*", "urls": ["/a b"]}]},
            'also[0].urls[0]: "/a b" has white space or control characters: percent-encode them as clients do',
        ),
        (
            {"also": [{"when": "*", "directories": ["/a"]}]},
            'also[0].directories[0]: "/a" does not end with /: end it with /',
        ),
        (
            {"also": [{"when": "*", "directories": ["/{stem}"]}]},
            'also[0].directories[0]: "/{stem}" does not end with /: end it with /',
        ),
        *(
            ({"also": [{"when": "*", "urls": [template]}]}, f'also[0].urls[0]: "{template}" has {what}')
            for template, what in [
                ("//a", "//: write a single /"),
                ("{dir}/{stem}", "{dir}/, and {dir} already ends with /: write {dir}"),
                ("/a{dir}/", "{dir}/, and {dir} already ends with /: write {dir}"),
                ("/a/{dir}", "//: write a single /"),
                ("/%zz", "a % without two hex digits: write %25 where the character is meant"),
                ("/{stem}%", "a % without two hex digits: write %25 where the character is meant"),
                ("/../a", "a . or .. segment, which no client sends: write the path that clients ask for"),
                ("{dir}./{stem}", "a . or .. segment, which no client sends: write the path that clients ask for"),
                ("/%2e%2E/a", "a . or .. segment, which no client sends: write the path that clients ask for"),
                ("/<a>", "a <, which clients send as %3C: write %3C"),
            ]
        ),
        *(
            ({"also": [{"when": "*", "directories": [template]}]}, f'also[0].directories[0]: "{template}" has {what}')
            for template, what in [
                ("/a//", "//: write a single /"),
                ("{dir}/", "{dir}/, and {dir} already ends with /: write {dir}"),
                ("/%2/", "a % without two hex digits: write %25 where the character is meant"),
                ("/a/../", "a . or .. segment, which no client sends: write the path that clients ask for"),
            ]
        ),
        # keys
        ({"domain": "a.com"}, ": 'domain' is no key here: did you mean domains?"),
        ({"new_object": "skip"}, ": 'new_object' is no key here: did you mean new_objects?"),
        ({"Prefix": "a"}, ": 'Prefix' is no key here: did you mean prefix?"),
        ({7: "a"}, f": 7 is no key here: take it out; known here are {ALL_KEYS}"),
    ],
    ids=lambda value: ascii(value)[:60] if isinstance(value, dict) else "",
)
def test_a_mistake_in_a_site_is_refused_with_its_place_and_remedy(fields: dict[Any, Any], message: str) -> None:
    text = yaml.safe_dump({"sites": [SITE, {**SITE, **fields}]}, allow_unicode=True)
    place = "config.yml: sites[1]"
    assert refusal(text) == (place + message if message.startswith(":") else f"{place}.{message}")


@pytest.mark.parametrize("missing", ["bucket", "domains"])
def test_a_missing_required_key_of_a_site_is_named(missing: str) -> None:
    fields = {name: value for name, value in SITE.items() if name != missing}
    assert refusal(yaml.safe_dump({"sites": [fields]})) == f"config.yml: sites[0]: {missing} is missing: add it"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the whole file: is empty (null): write a mapping, or leave the key out where it has a default"),
        ("# nothing", "the whole file: is empty (null): write a mapping, or leave the key out where it has a default"),
        ("[]", "the whole file: is a list: write a mapping, or leave the key out where it has a default"),
        ("sites", "the whole file: is a text: write a mapping, or leave the key out where it has a default"),
        ("{}", "the whole file: sites is missing: add it"),
        ("sites:", "sites: is empty (null): write a list, or leave the key out where it has a default"),
        ("sites: []", "sites: is an empty list: name at least one"),
        ("sites: {}", "sites: is a mapping: write a list, or leave the key out where it has a default"),
        ("sites: [7]", "sites[0]: is a whole number: write a mapping, or leave the key out where it has a default"),
        ("sites: [null]", "sites[0]: is empty (null): write a mapping, or leave the key out where it has a default"),
        ("site: []", "the whole file: 'site' is no key here: did you mean sites?"),
        ("limit: {}", "the whole file: 'limit' is no key here: did you mean limits?"),
        (
            "colour: red",
            (
                "the whole file: 'colour' is no key here: "
                "take it out; known here are sites, limits, collapse, priority, ignore_params_type, confirm"
            ),
        ),
        ("sites: [{bucket: a, bucket: b}]", "line 1, column 21: 'bucket' stands there twice: fix the YAML there"),
        ("sites: []\nlimits: {}\nsites: []", "line 3, column 1: 'sites' stands there twice: fix the YAML there"),
    ],
)
def test_a_mistake_in_the_file_is_refused_with_its_place_and_remedy(text: str, message: str) -> None:
    assert refusal(text) == f"config.yml: {message}"


@pytest.mark.parametrize(
    ("top", "message"),
    [
        ({"limits": None}, "limits: is empty (null): write a mapping, or leave the key out where it has a default"),
        ({"limits": []}, "limits: is a list: write a mapping, or leave the key out where it has a default"),
        ({"limits": {"urls_per_call": 0}}, "limits.urls_per_call: is 0: write at least 1"),
        ({"limits": {"domains_per_call": -3}}, "limits.domains_per_call: is -3: write at least 1"),
        *(
            (
                {"limits": {"directories_per_call": wrong}},
                f"limits.directories_per_call: is {kind}: {WHOLE_NUMBER}",
            )
            for wrong, kind in [
                ("10", "a text"),
                (10.0, "of type float"),
                (True, "true or false"),
                (None, "empty (null)"),
                ([], "a list"),
            ]
        ),
        (
            {"limits": {"urls_per_minute": 10}},
            "limits: 'urls_per_minute' is no key here: did you mean urls_per_minute_per_domain?",
        ),
        (
            {"ignore_params_type": ""},
            'ignore_params_type: is "": write IgnoreParams or ExQuery',
        ),
        ({"ignore_params_type": "a b"}, 'ignore_params_type: is "a b": write IgnoreParams or ExQuery'),
        (
            {"ignore_params_type": None},
            "ignore_params_type: is empty (null): write IgnoreParams or ExQuery",
        ),
    ],
    ids=lambda value: repr(value)[:60] if isinstance(value, dict) else "",
)
def test_a_mistake_in_limits_or_types_is_refused_with_its_place_and_remedy(top: dict[str, Any], message: str) -> None:
    assert refusal(yaml.safe_dump({"sites": [SITE], **top})) == f"config.yml: {message}"


def test_a_domain_with_two_schemes_is_refused() -> None:
    text = yaml.safe_dump({"sites": [SITE, {**SITE, "scheme": "http", "domains": ["b.com", "WWW.example.com"]}]})
    assert refusal(text) == (
        'config.yml: sites: "www.example.com" has both schemes: give every site of it the same: they share one cache'
    )


@pytest.mark.parametrize(
    "text",
    [
        "sites: [",
        "a: b: c",
        "sites: !!python/object:os.system x",
        "sites: *nobody",
        "- 1\n---\n- 2",
        "? [a]\n: 1",
        "%YAML 9.9\n---\n{}",
        "sites: '",
    ],
    ids=repr,
)
def test_broken_yaml_is_refused_with_its_line_and_column(text: str) -> None:
    assert refusal(text).startswith("config.yml: line ")
    assert refusal(text).endswith(": fix the YAML there")


@pytest.mark.parametrize("text", [b"sites: \xff", b"\x80", b"sites: [\xe9]", "sites: \x00", "\ud800"], ids=ascii)
def test_a_yaml_value_that_is_not_a_text_is_refused(text: str | bytes) -> None:
    assert refusal(text).startswith("config.yml: the whole file: ")
    assert refusal(text).endswith(": save it as UTF-8 text in YAML")


@pytest.mark.parametrize(
    "value", ["!!bool maybe", '!!int ""', '!!float ""', "!!timestamp noon", "!!int x", "!!float x"]
)
def test_a_tag_that_does_not_fit_its_value_is_a_configuration_error(value: str) -> None:
    assert refusal(f"sites: {value}").startswith("config.yml: ")


def test_nesting_deeper_than_any_configuration_needs_is_refused() -> None:
    assert refusal("[" * 200 + "]" * 200).startswith("config.yml: the whole file: ")


def test_extreme_nesting_is_refused_and_does_not_crash_the_process() -> None:
    """It runs in its own process, because a stack overflow in a C parser ends the process."""
    program = """
from oss_cdn_refresh.settings.config_file import parse
from oss_cdn_refresh.model.errors import ConfigurationError
try:
    parse("[" * 100_000 + "]" * 100_000, "config.yml")
except ConfigurationError:
    print("refused")
"""
    run = subprocess.run([sys.executable, "-c", program], cwd=FUNCTIONS, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    assert run.stdout == "refused\n"


def test_every_configuration_error_has_four_parts() -> None:
    assert str(ConfigurationError("file", "place", "what", "remedy")) == "file: place: what: remedy"


@pytest.mark.parametrize(
    "variant",
    ["?x-oss-process=style/thumb", "!thumb", "@!small", "?a=%20b", "_thumb.webp", "/360p", "?a=%zz", "?u=//b/../{c}",
     "!a%2fb", "?", ".webp", f"?{'a' * 2_000}"],
)  # fmt: skip
def test_a_variant_is_kept_as_written(variant: str) -> None:
    assert site(variants=[variant]).variants == (variant,)


LONG = "makes each URL longer than 2,048 characters, which the CDN does not take: write a shorter one"


@pytest.mark.parametrize(
    ("more", "place", "wrong"),
    [
        *(({"variants": ["!s", "?" + "a" * length]}, "variants[1]", LONG) for length in (2_023, 2_048, 31_000, 99_000)),
        ({"variants": ["?" + "a" * 22], "path": f"/{'p' * 2_000}/"}, "variants[0]", LONG),
        ({"variants": ["!s"], "domains": ["a.example.com", f"{'a.' * 110}com"], "path": f"/{'p' * 1_813}/"},
         "variants[0]", LONG),
        ({"path": f"/{'p' * 2_023}/"}, "path", LONG),
        ({"also": [{"when": "*", "urls": [f"/{'a' * 2_025}"]}]}, "also[0].urls[0]", LONG),
        ({"also": [{"when": "*", "urls": ["/", "{dir}a{dir}a{dir}"]}], "path": f"/{'a' * 700}/"},
         "also[0].urls[1]", LONG),
        ({"also": [{"when": "*", "directories": [f"/{'a' * 2_024}/"]}]}, "also[0].directories[0]", LONG),
        ({"also": [{"when": "*", "urls": ["/" + "{stem}" * 5]}]}, "also[0].urls[0]",
         "has 5 placeholders: write at most 4"),
        ({"also": [{"when": "*", "directories": ["/" + "{stem}/" * 1_000]}]}, "also[0].directories[0]",
         "has 1,000 placeholders: write at most 4"),
    ],
    ids=lambda value: value if isinstance(value, str) else ", ".join(value),
)  # fmt: skip
def test_a_setting_that_makes_every_url_too_long_is_refused(more: dict[str, Any], place: str, wrong: str) -> None:
    message = refusal(yaml.safe_dump({"sites": [{**SITE, **more}]}))
    assert message.startswith(f"config.yml: sites[0].{place}: ")
    assert message.endswith(f" {wrong}")


@pytest.mark.parametrize(
    "more",
    [
        {"variants": ["?" + "a" * 2_022]},
        {"path": f"/{'p' * 2_022}/"},
        {"also": [{"when": "*", "urls": [f"/{'a' * 2_024}", "{dir}{stem}/{stem}{dir}"]}]},
    ],
    ids=", ".join,
)
def test_a_setting_that_leaves_space_for_the_shortest_key_is_accepted(more: dict[str, Any]) -> None:
    assert site(**more)


@pytest.mark.parametrize(
    "template",
    [
        "/",
        "{dir}",
        "{dir}{stem}",
        "/a/{stem}.json",
        "{dir}{{x}}",
        "/{stem}?v=1",
        "/{stem}?u=https://a.com/../%zz",
        "/a{dir}",
        "/.{stem}",
    ],
)
def test_a_template_with_placeholders_is_accepted(template: str) -> None:
    assert site(also=[{"when": "*", "urls": [template]}]).also[0].urls == (template,)


@pytest.mark.parametrize("path", ["/", "/a/", "/%20/", "/%e5%9b%be/", "/a.b/", "/.well-known/", "/...", "/a+b@c/"])
def test_a_path_that_clients_send_unchanged_is_accepted(path: str) -> None:
    written = path.rstrip("/") + "/"
    assert site(path=written).path == written


@pytest.mark.parametrize("prefix", ["", "a/", "a/b/", "图/", "a b/", "a//b/", "../", f"{'a' * 1022}/"], ids=ascii)
def test_a_prefix_is_a_directory_or_empty(prefix: str) -> None:
    assert site(prefix=prefix).prefix == prefix


def test_a_prefix_that_is_longer_than_any_key_is_refused() -> None:
    text = yaml.safe_dump({"sites": [{**SITE, "prefix": f"{'a' * 1023}/"}]})
    assert refusal(text).endswith(" is longer than any key: write at most 1,023 bytes")


@pytest.mark.parametrize("template", ["/", "{dir}", "/{stem}/", "{dir}{stem}/", "/x{dir}"])
def test_a_template_of_a_directory_ends_with_a_slash(template: str) -> None:
    assert site(also=[{"when": "*", "directories": [template]}]).also[0].directories == (template,)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("sites:\n\t- bucket: b\n", "indent with spaces"),
        ("sites:\n  - bucket: b\n    domains: [*.example.com]\n", 'quote what begins with \\*, such as "\\*.map"'),
    ],
    ids=["a tab", "an unquoted asterisk"],
)
def test_the_most_common_yaml_mistakes_are_refused_with_their_remedy(text: str, remedy: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"config.yml: line \d, column \d+: .*: {remedy}"):
        parse(text, "config.yml")


# The rules of the planner


def test_collapse_has_defaults() -> None:
    assert parsed(SITE).collapse == Collapse(
        mode="when_needed",
        reserve_urls=500,
        reserve_directories=10,
        max_collateral=100_000,
        root=False,
        variants=False,
        inventory="",
        priority=(),
    )


def test_every_rule_of_collapse_is_read() -> None:
    rules = {
        "mode": "never",
        "reserve_urls": 0,
        "reserve_directories": 1,
        "max_collateral": 2,
        "root": True,
        "variants": True,
        "inventory": "oss://lists/i.json",
        "priority": ["*.html"],
    }
    assert parsed(SITE, collapse=rules).collapse == Collapse(**{**rules, "priority": ("*.html",)})


def test_priority_is_allowed_without_collapse() -> None:
    assert parsed(SITE, priority=["*.html", "*.js"]).collapse.priority == ("*.html", "*.js")


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ("mode: always", 'collapse.mode: is "always": write when_needed or never'),
        ("reserve_urls: -1", "collapse.reserve_urls: is -1: write at least 0"),
        ("root: 1", "collapse.root: is a whole number: write true or false"),
        ("variants: 'yes'", 'collapse.variants: is "yes": write true or false'),
        *(
            (f"inventory: '{place}'", f'collapse.inventory: "{place}" names no object: write oss://bucket/key')
            for place in ("oss://", "oss:///", "oss://lists", "oss://lists/", "oss://b/i.json", "oss://My_Lists/i.json")
        ),
        ('inventory: "a\\0b"', 'collapse.inventory: "a\\u0000b" has a NUL: write oss://bucket/key'),
        ("inventory: null", "collapse.inventory: is empty (null): "),
        ("priority: '*.html'", "collapse.priority: is a text: write a list"),
        ("max: 1", "collapse: 'max' is no key here: "),
    ],
)
def test_a_mistake_in_collapse_is_refused_with_its_place_and_remedy(rule: str, message: str) -> None:
    text = f"sites: [{{bucket: my-site, domains: [a.com]}}]\ncollapse: {{{rule}}}"
    assert refusal(text).startswith(f"config.yml: {message}")


# Products


def limits_of(text: str) -> Any:
    return parse(f"sites: [{{bucket: my-site, domains: [a.com]}}, {DCDN}, {ESA}]\n{text}", "x").limits


DCDN = "{bucket: my-site, domains: [d.com], product: dcdn}"
ESA = "{bucket: my-site, domains: [e.com], product: esa, esa_site_id: 123}"


def test_each_domain_has_its_target() -> None:
    config = parse(f"sites: [{{bucket: my-site, domains: [a.com]}}, {DCDN}, {ESA}]", "x")
    assert config.domains == {"a.com": Target("cdn"), "d.com": Target("dcdn"), "e.com": Target("esa", "123")}
    assert config.targets == tuple(config.domains.values())


def test_only_products_in_use_have_limits() -> None:
    assert set(parse(f"sites: [{DCDN}]", "x").limits) == {"dcdn"}


def test_a_limit_for_all_products_holds_for_each() -> None:
    found = limits_of("limits: {urls_per_call: 50, urls_per_minute_per_domain: 77}")
    assert {name: each.urls_per_call for name, each in found.items()} == {"cdn": 50, "dcdn": 50, "esa": 50}
    assert {each.urls_per_minute_per_domain for each in found.values()} == {77}


def test_a_limit_for_all_products_does_not_raise_what_another_product_takes_in_a_call() -> None:
    found = limits_of("limits: {urls_per_call: 2000}")
    assert {name: each.urls_per_call for name, each in found.items()} == {"cdn": 2_000, "dcdn": 1_000, "esa": 100}


def test_the_limits_of_a_product_are_taken_as_written() -> None:
    found = limits_of("limits: {urls_per_call: 50, esa: {urls_per_call: 500}, dcdn: {domains_per_call: 1}}")
    assert (found["esa"].urls_per_call, found["dcdn"].urls_per_call, found["dcdn"].domains_per_call) == (500, 50, 1)


def test_a_configuration_may_be_read_before_the_id_of_its_site_is_known() -> None:
    text = "sites: [{bucket: my-site, domains: [e.com], product: esa}]"
    assert parse(text, "x", site_ids=False).targets == (Target("esa"),)


@pytest.mark.parametrize(
    ("sites", "message"),
    [
        ("{bucket: b-b, domains: [a.com], product: fastly}", 'sites[0].product: is "fastly": write cdn or dcdn or esa'),
        (
            "{bucket: b-b, domains: [a.com], product: esa}",
            (
                "sites[0]: esa_site_id is missing, which product: esa needs: add the id of the site that a.com belongs "
                "to: oss-cdn-refresh doctor finds it"
            ),
        ),
        (
            "{bucket: b-b, domains: [a.com], esa_site_id: 1}",
            "sites[0].esa_site_id: is set, but the product is cdn: write product: esa, or take it out",
        ),
        (
            "{bucket: b-b, domains: [a.com], product: esa, esa_site_id: 0}",
            "sites[0].esa_site_id: is 0: write at least 1",
        ),
        (
            '{bucket: b-b, domains: [a.com], product: esa, esa_site_id: "12"}',
            f"sites[0].esa_site_id: is a text: {WHOLE_NUMBER}",
        ),
        (
            "{bucket: b-b, domains: [a.com]}, {bucket: b-b, prefix: x/, domains: [a.com], product: dcdn}",
            'sites: "a.com" is served by cdn and by dcdn: give every site of it the same product and esa_site_id',
        ),
        (
            (
                "{bucket: b-b, domains: [a.com], product: esa, esa_site_id: 1}, "
                "{bucket: b-b, prefix: x/, domains: [a.com], product: esa, esa_site_id: 2}"
            ),
            'sites: "a.com" is served by esa 1 and by esa 2: give every site of it the same product and esa_site_id',
        ),
    ],
    ids=range(7),
)
def test_a_mistake_about_a_product_is_refused(sites: str, message: str) -> None:
    assert refusal(f"sites: [{sites}]") == f"config.yml: {message}"


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ("{esa: {urls_per_call: 0}}", "limits.esa.urls_per_call: is 0: write at least 1"),
        ("{esa: {calls_per_second: 5}}", "limits.esa: 'calls_per_second' is no key here"),
        ("{fastly: {}}", "limits: 'fastly' is no key here"),
        ("{esa: 5}", "limits.esa: is a whole number"),
    ],
)
def test_a_mistake_in_the_limits_of_a_product_is_refused(limits: str, message: str) -> None:
    assert refusal(f"sites: [{ESA}]\nlimits: {limits}").startswith(f"config.yml: {message}")
