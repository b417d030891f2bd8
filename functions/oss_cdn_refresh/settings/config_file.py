"""Reads a configuration file into the values of `config`, and checks each key.

docs/configuration.md has the grammar.
"""

from typing import TYPE_CHECKING, Any

from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.model.urls import ALL, SPELLINGS
from oss_cdn_refresh.settings import bounds, checks, path_rules, yaml_text
from oss_cdn_refresh.settings.checks import Node
from oss_cdn_refresh.settings.config import LIMITS, Also, Collapse, Config, Confirm, Site

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = ("sites", "limits", "collapse", "priority", "ignore_params_type", "confirm")  # of the whole file
LONGEST_CONFIRMATION = 259_200  # seconds: DescribeRefreshTaskById looks back three days
MOST_RESUBMISSIONS = 10
CONFIGURABLE = ("urls_per_call", "directories_per_call", "domains_per_call", "urls_per_minute_per_domain")  # limits


def parse(text: str | bytes, file: str) -> Config:
    """Read a configuration; `file` is its name in error messages.

    :raises ConfigurationError: the first mistake in the file.
    """
    top = Node(file, "", yaml_text.read(text, file)).fields(KEYS, required=["sites"])
    sites = tuple(_site(node) for node in top["sites"].entries(at_least_one=True))
    for number, site in enumerate(sites):
        site.number = number
    _one_scheme_a_domain(sites, top["sites"])
    of_bucket: dict[str, list[Site]] = {}
    for site in sites:
        of_bucket.setdefault(site.bucket, []).append(site)
    by_bucket = {bucket: tuple(together) for bucket, together in of_bucket.items()}
    for bucket, together in by_bucket.items():
        bounds.check(bucket, together, top["sites"])
    config = Config(sites, by_bucket, {domain: site.product for site in sites for domain in site.domains})
    if "limits" in top:
        config = config._replace(limits=_limits(top["limits"]))
    if "collapse" in top:
        config = config._replace(collapse=_collapse(top["collapse"]))
    if "priority" in top:  # allowed without `collapse`: it also decides which items are sent first
        config = config._replace(collapse=config.collapse._replace(priority=_priority(top["priority"])))
    if "ignore_params_type" in top:
        config = config._replace(ignore_params_type=top["ignore_params_type"].choice("IgnoreParams", "ExQuery"))
    if "confirm" in top:
        config = config._replace(confirm=_confirm(top["confirm"]))
    if config.preloads and config.confirm.mode == "never":
        what = 'is "never", but a site has preload, which follows a confirmed refresh'
        top["confirm"].fields(Confirm._fields)["mode"].refuse(what, "write mode: all, or take preload out of the sites")
    return config


def _site(node: Node) -> Site:
    fields = node.fields(Site._fields, required=["bucket", "domains"])
    site = Site(bucket=fields["bucket"].text(checks.a_bucket), domains=_domains(fields["domains"]))
    if "prefix" in fields:  # read before the globs, which must be able to match keys with this prefix
        site = site._replace(prefix=fields.pop("prefix").text_or_empty(checks.a_prefix))
    host = len("https://") + max(map(len, site.domains))
    if "path" in fields:  # read before the variants and templates, whose length is limited with it
        rules = path_rules.a_url_path, path_rules.a_directory, path_rules.a_short_part(host)
        site = site._replace(path=fields.pop("path").text(*rules))
    before = host + len(site.path)
    variant_rules = path_rules.url_characters, path_rules.a_variant, path_rules.a_short_part(before)
    fits = path_rules.a_short_template(host, site.path)
    readers: dict[str, Callable[[Node], Any]] = {
        "include": lambda field: _globs(field, site.prefix, "exclude", at_least_one=True),
        "exclude": lambda field: _globs(field, site.prefix, "include"),
        "index": lambda field: field.texts(checks.a_name),
        "variants": lambda field: field.texts(*variant_rules),
        "query": lambda field: field.choice("exact", "ignore"),
        "also": lambda field: tuple(
            _also(entry, site.prefix, fits) for entry in field.entries(at_most=bounds.MOST_GLOBS)
        ),
        "new_objects": lambda field: field.choice("refresh", "skip"),
        "bulk_delete": lambda field: field.choice("exact", "directory"),
        "spellings": lambda field: field.words(SPELLINGS, {"all": ALL, "browser": ("browser",)}),
        "scheme": lambda field: field.choice("https", "http"),
        "preload": lambda field: _globs(field, site.prefix),
    }
    return site._replace(**{name: read(fields[name]) for name, read in readers.items() if name in fields})


def _domains(node: Node) -> tuple[str, ...]:
    domains = [(entry, entry.text(checks.a_domain).lower()) for entry in node.entries(at_least_one=True)]
    seen: set[str] = set()
    for entry, domain in domains:
        if domain in seen:
            entry.refuse(f'"{domain}" is listed twice', "take one out")
        seen.add(domain)
    return tuple(domain for _, domain in domains)


def _a_glob(prefix: str, opposite: str = "") -> checks.Rule:
    from oss_cdn_refresh.settings.glob_rules import a_glob  # noqa: PLC0415 - most configurations have none

    return a_glob(prefix, opposite)


def _globs(node: Node, prefix: str = "", opposite: str = "", *, at_least_one: bool = False) -> tuple[str, ...]:
    return node.texts(_a_glob(prefix, opposite), at_least_one=at_least_one, at_most=bounds.MOST_GLOBS)


def _priority(node: Node) -> tuple[str, ...]:
    found = _globs(node)
    bounds.check_list(found, node)
    return found


def _also(node: Node, prefix: str, fits: checks.Rule) -> Also:
    fields = node.fields(Also._fields, required=["when"])
    if len(fields) == 1:
        node.refuse("has neither urls nor directories", "name the paths that show the object too")
    rules = path_rules.a_template, path_rules.url_characters, fits
    readers: dict[str, Callable[[Node], Any]] = {
        "when": lambda field: field.text(_a_glob(prefix)),
        "urls": lambda field: field.texts(*rules, at_least_one=True),
        "directories": lambda field: field.texts(*rules, path_rules.a_directory_template, at_least_one=True),
    }
    return Also(**{name: read(fields[name]) for name, read in readers.items() if name in fields})


def _limits(node: Node) -> Limits:
    fields = node.fields(CONFIGURABLE)
    return LIMITS._replace(**{name: field.whole_number(at_least=1) for name, field in fields.items()})


def _collapse(node: Node) -> Collapse:
    fields = node.fields(Collapse._fields)
    readers: dict[str, Callable[[Node], Any]] = {
        "mode": lambda field: field.choice("when_needed", "never"),
        "reserve_urls": lambda field: field.whole_number(at_least=0),
        "reserve_directories": lambda field: field.whole_number(at_least=0),
        "max_collateral": lambda field: field.whole_number(at_least=0),
        "root": lambda field: field.yes_or_no(),
        "variants": lambda field: field.yes_or_no(),
        "inventory": lambda field: field.text(checks.a_place),
        "priority": _priority,
    }
    return Collapse(**{name: read(fields[name]) for name, read in readers.items() if name in fields})


def _confirm(node: Node) -> Confirm:
    fields = node.fields(Confirm._fields)
    readers: dict[str, Callable[[Node], Any]] = {
        "mode": lambda field: field.choice("all", "never"),
        "after": lambda field: field.whole_number(at_least=0, at_most=LONGEST_CONFIRMATION),
        "every": lambda field: field.whole_number(at_least=1, at_most=LONGEST_CONFIRMATION),
        "give_up": lambda field: field.whole_number(at_least=1, at_most=LONGEST_CONFIRMATION),
        "resubmit": lambda field: field.whole_number(at_least=0, at_most=MOST_RESUBMISSIONS),
    }
    return Confirm(**{name: read(fields[name]) for name, read in readers.items() if name in fields})


def _one_scheme_a_domain(sites: tuple[Site, ...], node: Node) -> None:
    schemes: dict[str, str] = {}
    for site in sites:
        for domain in site.domains:
            if schemes.setdefault(domain, site.scheme) != site.scheme:
                node.refuse(f'"{domain}" has both schemes', "give every site of it the same: they share one cache")
