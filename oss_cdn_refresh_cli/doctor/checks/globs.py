"""Checks whether each glob of the configuration matches an object: one that matches none is probably misspelled.

Fact: ListObjectsV2 answers with 1,000 objects at most, in the order of their keys. A glob may match a later object, so
one that matches none is a warning and no failure.
"""

from typing import NamedTuple

from oss_cdn_refresh.settings.config import Also, Config
from oss_cdn_refresh_cli.doctor.facts import Facts, Listed
from oss_cdn_refresh_cli.doctor.findings import Findings, known, unchecked, warning
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem


class Glob(NamedTuple):
    """A glob, its place in the configuration, and the buckets and prefixes of its objects."""

    place: str
    text: str
    where: tuple[Listed, ...]


def written(config: Config) -> list[Glob]:
    """The globs of a configuration that may match no object; `*` always matches."""
    found: list[Glob] = []
    for number, site in enumerate(config.sites):
        lists = {"include": site.include, "exclude": site.exclude, "preload": site.preload}
        texts = [(f"{name}[{at}]", text) for name, globs in lists.items() for at, text in enumerate(globs)]
        texts += [(f"also[{at}].when", also.when) for at, also in enumerate(site.also)]
        found += [Glob(f"sites[{number}].{place}", text, (Listed.of(site),)) for place, text in texts]
    everywhere = tuple(dict.fromkeys(map(Listed.of, config.sites)))
    found += [Glob(f"priority[{at}]", text, everywhere) for at, text in enumerate(config.collapse.priority)]
    return [glob for glob in found if glob.text.strip("*")]


def places(config: Config | Problem) -> list[Listed]:
    """The buckets and prefixes whose objects the check needs."""
    if isinstance(config, Problem):
        return []
    return list(dict.fromkeys(where for glob in written(config) for where in glob.where))


def globs(facts: Facts) -> Findings:
    """Each glob matches one of the first 1,000 objects of its bucket and prefix."""
    config = known(facts.config)
    for where, keys in facts.listed.items():
        if isinstance(keys, Problem) and keys.kind is not Kind.MISSING:
            yield unchecked(keys, str(where))
    for glob in written(config):
        if _fits_none(facts, glob):
            seen = str(glob.where[0]) if len(glob.where) == 1 else "each site"
            what = f'{glob.place}: "{glob.text}" matches none of the first 1,000 objects of {seen}'
            yield warning(
                f"{facts.settings.config}: {what}", "check its spelling, or leave it where such objects come later"
            )
    return "none that is known to match nothing"


def _fits_none(facts: Facts, glob: Glob) -> bool:
    """Whether all listed objects are known, there are some, and none matches."""
    lists = [facts.listed[where] for where in glob.where]
    keys = [key for listed in lists if not isinstance(listed, Problem) for key in listed]
    seen = not any(isinstance(listed, Problem) for listed in lists)
    matches = Also(glob.text).matches
    return seen and bool(keys) and not any(map(matches, keys))
