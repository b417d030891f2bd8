"""How much one change may cost: bounds on the sites of one bucket, so that 1,000 changes take about a second.

Measured with the longest keys that OSS allows, on one core: tests/test_bounds.py repeats it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from oss_cdn_refresh.settings.checks import Node

if TYPE_CHECKING:
    from oss_cdn_refresh.settings.config import Site
    from oss_cdn_refresh.settings.globs import Machine

MOST_GLOBS = 1_000  # of a list
MOST_PATTERNS = 10_000  # of all globs of a bucket, written without braces and `**/`
MOST_STEPS = 20_000  # characters of those globs that need a `Machine`
MOST_SITES = 1_000  # of a bucket
MOST_SITES_OF_A_KEY = 50
MOST_URLS = 1_200  # of an object on all sites, in one spelling


def check(bucket: str, sites: Sequence["Site"], node: Node) -> None:
    """See that the sites of a bucket do not cost too much, and compile their globs.

    :raises ConfigurationError: one bound is exceeded.
    """
    whose = f'bucket "{bucket}"'
    if len(sites) > MOST_SITES:
        node.refuse(f"{whose} has {len(sites):,} sites", f"write at most {MOST_SITES:,} for a bucket")
    most_sites, most_urls = _of_one_key(sites)
    if most_sites > MOST_SITES_OF_A_KEY:
        what = f"a key of {whose} may belong to {most_sites:,} sites"
        node.refuse(what, f"write at most {MOST_SITES_OF_A_KEY} whose prefixes a key can begin with")
    if most_urls > MOST_URLS:
        what = f"an object of {whose} may have {most_urls:,} URLs"
        node.refuse(what, f"write fewer domains, variants or also: {MOST_URLS:,} URLs at most")
    globs = [glob for site in sites for glob in site.globs if glob != "*"]
    if globs:
        _check_globs(whose, sites, globs, node)


def check_list(globs: Sequence[str], node: Node) -> None:
    """See that a list of globs which belongs to no site does not cost too much.

    :raises ConfigurationError: a bound is exceeded.
    """
    from oss_cdn_refresh.settings.globs import Machine, matcher  # noqa: PLC0415 - most configurations have no globs

    machine = Machine()
    _check_patterns(globs, "the list", node)
    matcher(globs, machine)
    _check_steps(machine, "the list", node)


def _check_globs(whose: str, sites: Sequence["Site"], globs: Sequence[str], node: Node) -> None:
    from oss_cdn_refresh.settings.globs import Machine  # noqa: PLC0415 - likewise

    machine = Machine()
    _check_patterns(globs, whose, node)
    for site in sites:
        site.compile(machine)
    _check_steps(machine, whose, node)


def _check_patterns(globs: Sequence[str], whose: str, node: Node) -> None:
    from oss_cdn_refresh.settings.globs import count  # noqa: PLC0415 - likewise

    patterns = sum(count(glob, MOST_PATTERNS) for glob in globs)
    if patterns > MOST_PATTERNS:
        what = f"{whose} has {patterns:,} globs, with those that braces and **/ stand for"
        node.refuse(what, f"write at most {MOST_PATTERNS:,}")


def _check_steps(machine: "Machine", whose: str, node: Node) -> None:
    if machine.steps > MOST_STEPS:
        what = f"{whose} has globs with a ? or several * that have {machine.steps:,} characters together"
        node.refuse(what, f"write at most {MOST_STEPS:,}, and prefer globs with a single *")


def _of_one_key(sites: Sequence["Site"]) -> tuple[int, int]:
    """To how many sites a key may belong, and how many URLs they have for it together, at most."""
    by_prefix: dict[str, list[int]] = {}
    for site in sites:
        also = sum(len(each.urls) + len(each.directories) for each in site.also)
        by_prefix.setdefault(site.prefix, []).append(len(site.domains) * (1 + len(site.variants) + also))
    most_sites = most_urls = 0
    for prefix in by_prefix:
        ends = [at + 1 for at, character in enumerate(prefix) if character == "/"]
        urls = [of_site for end in (0, *ends) for of_site in by_prefix.get(prefix[:end], ())]
        most_sites, most_urls = max(most_sites, len(urls)), max(most_urls, sum(urls))
    return most_sites, most_urls
