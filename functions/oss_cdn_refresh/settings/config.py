"""The configuration: which bucket is served on which domains, and how the quota is planned.

docs/configuration.md explains every key. A field here has the key's name and default; `config_file` reads the file.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh.model.limits import Limits
from oss_cdn_refresh.model.urls import ALL
from oss_cdn_refresh.products import DEFAULT

if TYPE_CHECKING:
    from oss_cdn_refresh.settings.globs import Machine, Matcher


class _Globs:
    """Base of a value with globs: each list of globs is compiled once, when a key is first compared with it."""

    @cached_property
    def machine(self) -> "Machine":
        """Compares keys with the patterns that are not simple; all sites of a bucket share one machine."""
        from oss_cdn_refresh.settings.globs import Machine  # noqa: PLC0415 - most configurations have none

        return Machine()

    def _matcher(self, globs: tuple[str, ...]) -> "Matcher":
        if globs in ((), ("*",)):
            return lambda _key: bool(globs)
        from oss_cdn_refresh.settings.globs import matcher  # noqa: PLC0415 - most configurations have none

        return matcher(globs, self.machine)


class _Also(NamedTuple):
    when: str
    urls: tuple[str, ...] = ()
    directories: tuple[str, ...] = ()


class Also(_Also, _Globs):
    """Aliases of each object whose key matches `when`: templates of paths with `{dir}` and `{stem}`."""

    @cached_property
    def matches(self) -> "Matcher":
        """Whether the object with a key has these aliases."""
        return self._matcher((self.when,))


class _Site(NamedTuple):
    bucket: str
    domains: tuple[str, ...]
    prefix: str = ""
    path: str = "/"
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    index: tuple[str, ...] = ("index.html",)  # type: ignore[assignment]  # hides tuple.index, which a site does not need
    variants: tuple[str, ...] = ()
    query: str = "exact"
    also: tuple[Also, ...] = ()
    new_objects: str = "refresh"
    bulk_delete: str = "exact"
    spellings: tuple[str, ...] = ALL
    scheme: str = "https"
    preload: tuple[str, ...] = ()
    product: str = DEFAULT
    esa_site_id: int = 0


class Site(_Site, _Globs):
    """A bucket, or a part of it, and the domains that serve it. `number`: its position in the configuration."""

    number = 0

    @cached_property
    def target(self) -> Target:
        """The product, or the site of ESA, that refreshes the site's domains."""
        return Target(self.product, str(self.esa_site_id or ""))

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """The URL of the site's directory on each domain. The URL of an object is this and the key without `prefix`."""
        return tuple(f"{self.scheme}://{domain}{self.path}" for domain in self.domains)

    @cached_property
    def single_url(self) -> bool:
        """Whether each object but an index page has exactly one URL on each domain: no filters, aliases or variants."""
        wants_all = self.include == ("*",) and not self.exclude and self.new_objects == "refresh"
        exactly = self.query == self.bulk_delete == "exact" and not (self.variants or self.also)
        return wants_all and exactly

    @property
    def globs(self) -> tuple[str, ...]:
        """All globs of the site."""
        return (*self.include, *self.exclude, *self.preload, *(also.when for also in self.also))

    def compile(self, machine: "Machine") -> None:
        """Compile all globs. Patterns that are not simple are added to `machine`, which other sites may share."""
        self.machine = machine
        for also in self.also:
            also.machine = machine
        _ = self._included, self._excluded, self.preloads, [also.matches for also in self.also]

    def wants(self, key: str) -> bool:
        """Whether a key matches `include` and does not match `exclude`."""
        return self._included(key) and not self._excluded(key)

    @cached_property
    def preloads(self) -> "Matcher":
        """Whether the object under a key is preloaded once its refresh is complete."""
        return self._matcher(self.preload)

    @cached_property
    def _included(self) -> "Matcher":
        return self._matcher(self.include)

    @cached_property
    def _excluded(self) -> "Matcher":
        return self._matcher(self.exclude)


class Collapse(NamedTuple):
    """The rules of the planner: which directories may replace URLs, and the quota kept for later changes of the day."""

    mode: str = "when_needed"
    reserve_urls: int = 500
    reserve_directories: int = 10
    max_collateral: int = 100_000
    root: bool = False
    variants: bool = False
    inventory: str = ""
    priority: tuple[str, ...] = ()


class Confirm(NamedTuple):
    """Whether and when the tasks of accepted calls are looked up, in seconds; `resubmit`: how often after a failure."""

    mode: str = "all"
    after: int = 360  # "Refresh takes effect in 5 to 6 minutes", CDN user guide
    every: int = 300
    give_up: int = 3_600
    resubmit: int = 2


class _Config(NamedTuple):
    sites: tuple[Site, ...]
    by_bucket: Mapping[str, tuple[Site, ...]]
    domains: Mapping[str, Target]
    limits: Mapping[str, Limits]
    collapse: Collapse = Collapse()
    ignore_params_type: str = "IgnoreParams"
    confirm: Confirm = Confirm()


class Config(_Config):
    """A checked configuration. `domains`: the target of each domain. `limits`: those of each product in use."""

    @cached_property
    def targets(self) -> tuple[Target, ...]:
        """The distinct targets of the sites, in their order."""
        return tuple(dict.fromkeys(site.target for site in self.sites))

    @cached_property
    def preloads(self) -> bool:
        """Whether a site names objects to preload."""
        return any(site.preload for site in self.sites)

    @cached_property
    def sites_by_domain(self) -> Mapping[str, tuple[tuple[str, Site], ...]]:
        """The sites of each domain, each with the URL of its directory on the domain; the deepest directory first."""
        found: dict[str, list[tuple[str, Site]]] = {}
        for site in self.sites:
            for domain, root in zip(site.domains, site.roots, strict=True):
                found.setdefault(domain, []).append((root, site))
        return {
            domain: tuple(sorted(places, key=lambda place: len(place[0]), reverse=True))
            for domain, places in found.items()
        }
