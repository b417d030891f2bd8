"""The mapping from buckets to domains: what may be written, what it means, and what is wrong with it.

The grammar stands in docs/configuration.md; every key has its default in one of the values below.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.model.urls import ALL, SPELLINGS
from oss_cdn_refresh.products import DEFAULT, PRODUCTS
from oss_cdn_refresh.settings import bounds, checks, path_rules, yaml_text
from oss_cdn_refresh.settings.checks import Node

if TYPE_CHECKING:
    from oss_cdn_refresh.settings.globs import Machine, Matcher

LIMITS = PRODUCTS[DEFAULT].LIMITS
CONFIGURABLE = ("urls_per_call", "directories_per_call", "domains_per_call", "urls_per_minute_per_domain")  # limits
KEYS = ("sites", "limits", "collapse", "priority", "ignore_params_type")


class _Globs:
    """What has globs: each of its lists is compiled once, when a key is first compared with it."""

    @cached_property
    def machine(self) -> "Machine":
        """What compares keys with those patterns that are not simple; `parse` gives sites of a bucket the same."""
        from oss_cdn_refresh.settings.globs import Machine  # noqa: PLC0415 - most configurations have none

        return Machine()

    def _matcher(self, globs: tuple[str, ...]) -> "Matcher":
        if globs in ((), ("*",)):
            return lambda _key: bool(globs)
        from oss_cdn_refresh.settings.globs import matcher  # noqa: PLC0415 - likewise

        return matcher(globs, self.machine)


class _Also(NamedTuple):
    when: str
    urls: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()


class Also(_Also, _Globs):
    """Further URLs of the domain that show an object whose key matches `when`; `{dir}` and `{stem}` are filled in."""

    @cached_property
    def matches(self) -> "Matcher":
        """Whether the object under a key is shown there."""
        return self._matcher((self.when,))


class _Site(NamedTuple):
    bucket: str
    domains: tuple[str, ...]
    prefix: str = ""
    path: str = "/"
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    index: tuple[str, ...] = ("index.html",)  # type: ignore[assignment]  # hides tuple.index, which nobody asks of a site
    variants: tuple[str, ...] = ()
    query: str = "exact"
    also: tuple[Also, ...] = ()
    new_objects: str = "refresh"
    bulk_delete: str = "exact"
    spellings: tuple[str, ...] = ALL
    scheme: str = "https"


class Straight(NamedTuple):
    """What leads from a key to its URLs, looked up once for all objects of a site; `roots` by domain."""

    prefix: str
    index: tuple[str, ...]  # type: ignore[assignment]  # hides tuple.index
    length: int  # of the prefix
    product: str
    number: int
    roots: tuple[tuple[str, str], ...]


class Site(_Site, _Globs):
    """One bucket, or a part of it, and the domains on which it is served. `number`: its place in the configuration."""

    number = 0
    product = DEFAULT

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """For each domain the URL of the site's directory, which the rest of a key follows."""
        return tuple(f"{self.scheme}://{domain}{self.path}" for domain in self.domains)

    @cached_property
    def straight(self) -> Straight | None:
        """Of a site that shows each object under nothing but its own key, except for index pages; None for others."""
        wants_all = self.include == ("*",) and not self.exclude and self.new_objects == "refresh"
        exactly = self.query == self.bulk_delete == "exact" and not (self.variants or self.also)
        if not (wants_all and exactly):
            return None
        roots = tuple(zip(self.domains, self.roots, strict=True))
        return Straight(self.prefix, self.index, len(self.prefix), self.product, self.number, roots)

    @property
    def globs(self) -> tuple[str, ...]:
        """All globs that its keys are compared with."""
        return (*self.include, *self.exclude, *(also.when for also in self.also))

    def compile(self, machine: "Machine") -> None:
        """Compile all globs, those that are not simple into a machine that other sites may share."""
        self.machine = machine
        for also in self.also:
            also.machine = machine
        _ = self._included, self._excluded, [also.matches for also in self.also]

    def wants(self, key: str) -> bool:
        """Whether `include` and `exclude` let a key through; `exclude` wins."""
        return self._included(key) and not self._excluded(key)

    @cached_property
    def _included(self) -> "Matcher":
        return self._matcher(self.include)

    @cached_property
    def _excluded(self) -> "Matcher":
        return self._matcher(self.exclude)


class Collapse(NamedTuple):
    """When and how directories may replace URLs, and how much of the day's quota is kept for later changes."""

    mode: str = "when_needed"
    reserve_urls: int = 500
    reserve_directories: int = 10
    max_collateral: int = 100_000
    root: bool = False
    variants: bool = False
    inventory: str = ""
    priority: tuple[str, ...] = ()


class _Config(NamedTuple):
    sites: tuple[Site, ...]
    by_bucket: Mapping[str, tuple[Site, ...]]
    domains: Mapping[str, str]
    limits: Limits = LIMITS
    collapse: Collapse = Collapse()
    ignore_params_type: str = "IgnoreParams"


class Config(_Config):
    """A whole configuration, checked. `domains`: the product that serves each domain."""

    @cached_property
    def places(self) -> Mapping[str, tuple[tuple[str, Site], ...]]:
        """The sites of each domain, each with the URL of its directory there, the deepest first."""
        found: dict[str, list[tuple[str, Site]]] = {}
        for site in self.sites:
            for domain, root in zip(site.domains, site.roots, strict=True):
                found.setdefault(domain, []).append((root, site))
        return {
            domain: tuple(sorted(places, key=lambda place: len(place[0]), reverse=True))
            for domain, places in found.items()
        }


def parse(text: str | bytes, file: str) -> Config:
    """Read a configuration; `file` is what complaints call it.

    :raises ConfigurationError: at the first thing that is wrong.
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
    if "priority" in top:  # what is sent first also matters where nothing collapses: it may stand by itself
        config = config._replace(collapse=config.collapse._replace(priority=_priority(top["priority"])))
    if "ignore_params_type" in top:
        config = config._replace(ignore_params_type=top["ignore_params_type"].choice("IgnoreParams", "ExQuery"))
    return config


def _site(node: Node) -> Site:
    fields = node.fields(Site._fields, required=["bucket", "domains"])
    site = Site(bucket=fields["bucket"].text(checks.a_bucket), domains=_domains(fields["domains"]))
    if "prefix" in fields:  # first, as globs have to go with it
        site = site._replace(prefix=fields.pop("prefix").text_or_empty(checks.a_prefix))
    host = len("https://") + max(map(len, site.domains))
    if "path" in fields:  # likewise, as URLs have room for the rest
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


def _one_scheme_a_domain(sites: tuple[Site, ...], node: Node) -> None:
    schemes: dict[str, str] = {}
    for site in sites:
        for domain in site.domains:
            if schemes.setdefault(domain, site.scheme) != site.scheme:
                node.refuse(f'"{domain}" has both schemes', "give every site of it the same: they share one cache")
