"""The mapping from buckets to domains: what may be written, what it means, and what is wrong with it.

The grammar stands in docs/configuration.md; every key has its default in one of the values below.
"""

from collections.abc import Callable, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml

from oss_cdn_refresh import checks
from oss_cdn_refresh.cdn import limits as cdn
from oss_cdn_refresh.checks import Node
from oss_cdn_refresh.errors import ConfigurationError

DEPTH = 20  # of a file; the deepest setting stands in the seventh
REMEDIES = {  # for what libyaml and PyYAML say of the commonest slips
    "found character that cannot start any token": "indent with spaces, not tabs, and quote what begins with @ or `",
    "did not find expected alphabetic or numeric character": 'quote what begins with *, such as "*.map"',
}
KEYS = ("sites", "limits", "collapse", "priority", "ignore_params_type")


class Also(NamedTuple):
    """Further URLs of the domain that show an object whose key matches `when`; `{dir}` and `{stem}` are filled in."""

    when: str
    urls: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()

    def matches(self, key: str) -> bool:
        """Whether the object under this key is shown there."""
        return _any_matches((self.when,), key)


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
    spellings: str = "all"
    scheme: str = "https"


class Site(_Site):
    """One bucket, or a part of it, and the domains on which it is served."""

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """For each domain the URL of the site's directory, which the rest of a key follows."""
        return tuple(f"{self.scheme}://{domain}{self.path}" for domain in self.domains)

    @cached_property
    def straight(self) -> bool:
        """Whether an object is shown under nothing but its own key, as long as it is no index page."""
        wants_all = self.include == ("*",) and not self.exclude and self.new_objects == "refresh"
        exactly = self.query == self.bulk_delete == "exact" and not (self.variants or self.also)
        return wants_all and exactly

    def wants(self, key: str) -> bool:
        """Whether `include` and `exclude` let a key through; `exclude` wins."""
        return _any_matches(self.include, key) and not _any_matches(self.exclude, key)


class Limits(NamedTuple):
    """What one call and one minute may hold."""

    urls_per_call: int = cdn.URLS_PER_CALL
    directories_per_call: int = cdn.DIRECTORIES_PER_CALL
    domains_per_call: int = cdn.DOMAINS_PER_CALL
    urls_per_minute_per_domain: int = cdn.URLS_PER_MINUTE_PER_DOMAIN


class Collapse(NamedTuple):
    """When and how directories may stand for URLs, and what of the day's quota is kept for later changes."""

    mode: str = "when_needed"
    reserve_urls: int = 500
    reserve_directories: int = 10
    max_collateral: int = 100_000
    root: bool = False
    variants: bool = False
    inventory: str = ""
    priority: tuple[str, ...] = ()


class Config(NamedTuple):
    """A whole configuration, checked."""

    sites: tuple[Site, ...]
    by_bucket: Mapping[str, tuple[Site, ...]]
    domains: frozenset[str]
    limits: Limits = Limits()
    collapse: Collapse = Collapse()
    ignore_params_type: str = "IgnoreParams"


def parse(text: str | bytes, file: str) -> Config:
    """Read a configuration; `file` is what complaints call it.

    :raises ConfigurationError: at the first thing that is wrong.
    """
    top = Node(file, "", _yaml(text, file)).fields(KEYS, required=["sites"])
    sites = tuple(_site(node) for node in top["sites"].entries(at_least_one=True))
    _one_scheme_a_domain(sites, top["sites"])
    by_bucket: dict[str, tuple[Site, ...]] = {}
    for site in sites:
        by_bucket[site.bucket] = (*by_bucket.get(site.bucket, ()), site)
    config = Config(sites, by_bucket, frozenset(domain for site in sites for domain in site.domains))
    if "limits" in top:
        config = config._replace(limits=_limits(top["limits"]))
    if "collapse" in top:
        config = config._replace(collapse=_collapse(top["collapse"]))
    if "priority" in top:  # what is sent first also matters where nothing collapses: it may stand by itself
        config = config._replace(collapse=config.collapse._replace(priority=top["priority"].texts()))
    if "ignore_params_type" in top:
        config = config._replace(ignore_params_type=top["ignore_params_type"].choice("IgnoreParams", "ExQuery"))
    return config


def _yaml(text: str | bytes, file: str) -> object:
    try:
        if _too_deep(text):
            raise ConfigurationError(
                file, "the whole file", "is nested without end", "see docs/configuration.md for its shape"
            )
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader, the fast one where libyaml is there
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "the whole file"
        problem = error.problem or "is not YAML"
        raise ConfigurationError(file, place, problem, REMEDIES.get(problem, "mend the YAML there")) from error
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError) as error:  # of tags that do not fit
        what = " ".join(str(error).split())
        raise ConfigurationError(file, "the whole file", what, "save it as UTF-8 text in YAML") from error


def _too_deep(text: str | bytes) -> bool:
    """Whether the YAML is nested without end; building that would end the process."""
    depth = 0
    for event in yaml.parse(text, Loader=FastestLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEPTH:
            return True
    return False


if TYPE_CHECKING:
    from yaml import SafeLoader as FastestLoader
else:
    FastestLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(FastestLoader):
    """YAML's safe subset, in which a key may stand only once: the second would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:  # noqa: FBT001, FBT002
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise yaml.MarkedYAMLError(problem=f"{name!r} stands there twice", problem_mark=key.start_mark)
            seen.add(name)
        return dict(super().construct_mapping(node, deep=deep))


def _site(node: Node) -> Site:
    fields = node.fields(Site._fields, required=["bucket", "domains"])
    site = Site(bucket=fields["bucket"].text(checks.a_bucket), domains=_domains(fields["domains"]))
    readers: dict[str, Callable[[Node], Any]] = {
        "prefix": lambda field: field.text_or_empty(checks.no_leading_slash),
        "path": lambda field: field.text(checks.a_url_path, checks.a_directory),
        "include": lambda field: field.texts(at_least_one=True),
        "exclude": lambda field: field.texts(),
        "index": lambda field: field.texts(checks.a_name),
        "variants": lambda field: field.texts(checks.url_characters),
        "query": lambda field: field.choice("exact", "ignore"),
        "also": lambda field: tuple(_also(entry) for entry in field.entries()),
        "new_objects": lambda field: field.choice("refresh", "skip"),
        "bulk_delete": lambda field: field.choice("exact", "directory"),
        "spellings": lambda field: field.choice("all", "browser"),
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


def _also(node: Node) -> Also:
    fields = node.fields(Also._fields, required=["when"])
    if len(fields) == 1:
        node.refuse("has neither urls nor directories", "name the paths that show the object too")
    return Also(
        when=fields["when"].text(),
        urls=fields["urls"].texts(checks.a_template, checks.url_characters, at_least_one=True)
        if "urls" in fields
        else (),
        directories=fields["directories"].texts(
            checks.a_template, checks.url_characters, checks.a_directory_template, at_least_one=True
        )
        if "directories" in fields
        else (),
    )


def _limits(node: Node) -> Limits:
    fields = node.fields(Limits._fields)
    return Limits(**{name: field.whole_number(at_least=1) for name, field in fields.items()})


def _collapse(node: Node) -> Collapse:
    fields = node.fields(Collapse._fields)
    readers: dict[str, Callable[[Node], Any]] = {
        "mode": lambda field: field.choice("when_needed", "never"),
        "reserve_urls": lambda field: field.whole_number(at_least=0),
        "reserve_directories": lambda field: field.whole_number(at_least=0),
        "max_collateral": lambda field: field.whole_number(at_least=0),
        "root": lambda field: field.yes_or_no(),
        "variants": lambda field: field.yes_or_no(),
        "inventory": lambda field: field.text(),
        "priority": lambda field: field.texts(),
    }
    return Collapse(**{name: read(fields[name]) for name, read in readers.items() if name in fields})


def _one_scheme_a_domain(sites: tuple[Site, ...], node: Node) -> None:
    schemes: dict[str, str] = {}
    for site in sites:
        for domain in site.domains:
            if schemes.setdefault(domain, site.scheme) != site.scheme:
                node.refuse(f'"{domain}" has both schemes', "give every site of it the same: they share one cache")


def _any_matches(globs: tuple[str, ...], key: str) -> bool:
    return any(glob == "*" or fnmatchcase(key, glob) for glob in globs)
