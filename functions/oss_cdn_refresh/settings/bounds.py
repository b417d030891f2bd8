"""Bounds on the sites of one bucket, so that the function handles 1,000 changes in about a second.

Measured with the longest keys that OSS allows, on one core; tests/test_bounds.py repeats the measurement.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from oss_cdn_refresh.settings.checks import Node

if TYPE_CHECKING:
    from oss_cdn_refresh.settings.config import Site
    from oss_cdn_refresh.settings.globs import Machine

MOST_GLOBS = 1_000  # in a list
MOST_PATTERNS = 10_000  # of all globs of a bucket, after braces and `**/` are written out
MOST_STEPS = 20_000  # characters of the globs that need a `Machine`
MOST_SITES = 1_000  # of a bucket
MOST_SITES_OF_A_KEY = 50
MOST_URLS = 3_600  # of an object on all sites, in all spellings: 300 domains with the defaults
MOST_PATHS = 1_200  # of an object on all sites, in all spellings, counted once for all domains
MOST_OF_A_SPELLING = {"browser": 2}  # browsers differ on `^`; the other spellings spell a key in one way
ALIASES = 2  # of an index page: its directory with and without the slash


def check(bucket: str, sites: Sequence["Site"], node: Node) -> None:
    """Check the sites of a bucket against the bounds, and compile their globs.

    :raises ConfigurationError: a bound is exceeded.
    """
    owner = f'bucket "{bucket}"'
    if len(sites) > MOST_SITES:
        node.refuse(f"{owner} has {len(sites):,} sites", f"write at most {MOST_SITES:,} for a bucket")
    most_sites, most_urls, most_paths = _of_one_key(sites)
    if most_sites > MOST_SITES_OF_A_KEY:
        what = f"a key of {owner} may belong to {most_sites:,} sites"
        node.refuse(what, f"write at most {MOST_SITES_OF_A_KEY} whose prefixes a key can begin with")
    if most_urls > MOST_URLS:
        what = f"an object of {owner} may have {most_urls:,} URLs"
        fewer = "write fewer domains, spellings, variants or also"
        node.refuse(what, f"{fewer}: {MOST_URLS:,} URLs at most, with index pages and each spelling")
    if most_paths > MOST_PATHS:
        what = f"an object of {owner} may have {most_paths:,} paths on a domain"
        node.refuse(
            what, f"write fewer variants, spellings or also: {MOST_PATHS:,} paths at most, on all sites together"
        )
    globs = [glob for site in sites for glob in site.globs if glob != "*"]
    if globs:
        _check_globs(owner, sites, globs, node)


def check_list(globs: Sequence[str], node: Node) -> None:
    """Check a list of globs that belongs to no site against the bounds.

    :raises ConfigurationError: a bound is exceeded.
    """
    from oss_cdn_refresh.settings.globs import Machine, matcher  # noqa: PLC0415 - most configurations have no globs

    machine = Machine()
    _check_patterns(globs, "the list", node)
    matcher(globs, machine)
    _check_steps(machine, "the list", node)


def _check_globs(owner: str, sites: Sequence["Site"], globs: Sequence[str], node: Node) -> None:
    from oss_cdn_refresh.settings.globs import Machine  # noqa: PLC0415 - most configurations have no globs

    machine = Machine()
    _check_patterns(globs, owner, node)
    for site in sites:
        site.compile(machine)
    _check_steps(machine, owner, node)


def _check_patterns(globs: Sequence[str], owner: str, node: Node) -> None:
    from oss_cdn_refresh.settings.globs import count  # noqa: PLC0415 - most configurations have no globs

    patterns = sum(count(glob, MOST_PATTERNS) for glob in globs)
    if patterns > MOST_PATTERNS:
        what = f"{owner} has {patterns:,} globs when braces and **/ are written out"
        node.refuse(what, f"write at most {MOST_PATTERNS:,}")


def _check_steps(machine: "Machine", owner: str, node: Node) -> None:
    if machine.steps > MOST_STEPS:
        what = f"{owner} has globs with a ? or several * that have {machine.steps:,} characters together"
        node.refuse(what, f"write at most {MOST_STEPS:,}, and prefer globs with a single *")


class _Cost(NamedTuple):
    """How many sites a key belongs to, and how many URLs and paths an object has on all of them, at most."""

    sites: int
    urls: int
    paths: int


def _of_one_key(sites: Sequence["Site"]) -> _Cost:
    """The highest number of sites, of URLs and of paths that a key can have."""
    by_prefix: dict[str, list[_Cost]] = {}
    for site in sites:
        by_prefix.setdefault(site.prefix, []).append(_of_a_site(site))
    sums = []
    for prefix in by_prefix:
        ends = [at + 1 for at, character in enumerate(prefix) if character == "/"]
        costs = [of_site for end in (0, *ends) for of_site in by_prefix.get(prefix[:end], ())]
        sums.append(_Cost(*map(sum, zip(*costs, strict=True))))
    return _Cost(*map(max, zip(*sums, strict=True)))


def _of_a_site(site: "Site") -> _Cost:
    spellings = sum(MOST_OF_A_SPELLING.get(name, 1) for name in site.spellings)
    own = 1 if site.query == "ignore" else spellings * (1 + len(site.variants))
    aliases = ALIASES * spellings if site.index else 0
    also = sum(len(each.urls) + len(each.directories) for each in site.also)
    paths = own + aliases + also
    return _Cost(1, len(site.domains) * paths, paths)
