"""Reads a configuration file into the values of `config`, and checks each key.

docs/configuration.md has the grammar.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.model.urls import ALL, SPELLINGS
from oss_cdn_refresh.products import DEFAULT, NAMES, product
from oss_cdn_refresh.settings import bounds, checks, path_rules, yaml_text
from oss_cdn_refresh.settings.checks import Node
from oss_cdn_refresh.settings.config import Also, Collapse, Config, Confirm, Site

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = ("sites", "limits", "collapse", "priority", "ignore_params_type", "confirm")  # of the whole file
LONGEST_CONFIRMATION = 259_200  # seconds: DescribeRefreshTaskById looks back three days
MOST_RESUBMISSIONS = 10
PER_CALL = (
    "urls_per_call",
    "directories_per_call",
    "domains_per_call",
    "bytes_per_call",
)  # limits that may be configured …
CONFIGURABLE = (*PER_CALL, "urls_per_minute_per_domain")
SITE_ID = "esa_site_id"


def parse(text: str | bytes, file: str, *, site_ids: bool = True) -> Config:
    """Read a configuration; `file` is its name in error messages. Without `site_ids`, the id of a site may be missing.

    :raises ConfigurationError: the first mistake in the file.
    """
    top = Node(file, "", yaml_text.read(text, file)).fields(KEYS, required=["sites"])
    sites = tuple(_site(node, site_ids=site_ids) for node in top["sites"].entries(at_least_one=True))
    for number, site in enumerate(sites):
        site.number = number
    _alike_on_each_domain(sites, top["sites"])
    of_bucket: dict[str, list[Site]] = {}
    for site in sites:
        of_bucket.setdefault(site.bucket, []).append(site)
    by_bucket = {bucket: tuple(together) for bucket, together in of_bucket.items()}
    for bucket, together in by_bucket.items():
        bounds.check(bucket, together, top["sites"])
    domains = {domain: site.target for site in sites for domain in site.domains}
    config = Config(sites, by_bucket, domains, _limits(top.get("limits"), domains.values()))
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


def _site(node: Node, *, site_ids: bool) -> Site:
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
        "product": lambda field: field.choice(*NAMES),
        SITE_ID: lambda field: field.whole_number(at_least=1),
    }
    read = site._replace(**{name: reader(fields[name]) for name, reader in readers.items() if name in fields})
    _check_site_id(read, fields, node, required=site_ids)
    return read


def _check_site_id(site: Site, fields: Mapping[str, Node], node: Node, *, required: bool) -> None:
    needed = site.product != DEFAULT and product(site.product).NEEDS_SITE_ID
    if SITE_ID in fields and not needed:
        fields[SITE_ID].refuse(f"is set, but the product is {site.product}", "write product: esa, or take it out")
    if needed and SITE_ID not in fields and required:
        remedy = f"add the id of the site that {site.domains[0]} belongs to: oss-cdn-refresh doctor finds it"
        node.refuse(f"{SITE_ID} is missing, which product: {site.product} needs", remedy)


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


def _limits(node: Node | None, targets: Iterable[Target]) -> dict[str, Limits]:
    """The limits of each product in use. Those for all products cannot raise what another product takes in a call."""
    fields = node.fields((*CONFIGURABLE, *NAMES)) if node else {}
    of_all = _figures({name: field for name, field in fields.items() if name in CONFIGURABLE})
    own = {name: _figures(field.fields(CONFIGURABLE)) for name, field in fields.items() if name in NAMES}
    limits: dict[str, Limits] = {}
    for name in dict.fromkeys(target.product for target in targets):
        usual = product(name).LIMITS
        bounded = name != DEFAULT
        given = {
            each: min(figure, getattr(usual, each)) if bounded and each in PER_CALL else figure
            for each, figure in of_all.items()
        }
        limits[name] = usual._replace(**{**given, **own.get(name, {})})
    return limits


def _figures(fields: Mapping[str, Node]) -> dict[str, Any]:
    return {name: field.whole_number(at_least=1) for name, field in fields.items()}


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


def _alike_on_each_domain(sites: tuple[Site, ...], node: Node) -> None:
    first: dict[str, Site] = {}
    for site in sites:
        for domain in site.domains:
            other = first.setdefault(domain, site)
            if other.scheme != site.scheme:
                node.refuse(f'"{domain}" has both schemes', "give every site of it the same: they share one cache")
            if other.target != site.target:
                what = f'"{domain}" is served by {other.target} and by {site.target}'
                node.refuse(what, "give every site of it the same product and esa_site_id")
