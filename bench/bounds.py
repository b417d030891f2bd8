"""1,000 changes at the bounds of a configuration, the most globs and the most URLs, against one second."""

import gc
from collections.abc import Callable, Iterator, Mapping

from bench.shared.pairs import Result, cpu_seconds, in_turn
from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.settings import bounds
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.config_file import parse

CHANGES = 1_000
MEASURED = 100  # changes; each costs what the others cost
KEY = 1_023  # bytes, the longest that OSS allows
DOMAINS = 300  # of a site; with each spelling and index pages that is the bound of URLs
SECOND = 1.25  # of CPU: any configuration that passes the check handles 1,000 changes in about a second
SHAPES: Mapping[str, Callable[[int], str]] = {
    "texts": lambda number: f"dir{number}/a.jpg",
    "ends": lambda number: f"*-{number}.jpg",
    "stars": lambda number: f"*a*a*a*a*b{number}",
    "directories": lambda number: f"**/{number}/*",
}


def results() -> Iterator[Result]:
    """The ratio for each shape of globs, and for the most URLs of an object."""
    keys = ["a" * (KEY - 4) + f"{number:04}" for number in range(MEASURED)]
    for name, glob in SHAPES.items():
        config = _config([glob(number) for number in range(bounds.MOST_GLOBS)])
        yield _result(f"1000-changes-of-1000-{name}/second", keys, config, f"keys of {KEY} bytes")
    domains = ", ".join(f"d{number}.example.com" for number in range(DOMAINS))
    pages = [f"{number}/a^!$/index.html" for number in range(MEASURED)]
    config = parse(f"sites: [{{bucket: my-site, domains: [{domains}]}}]", "config.yml")
    yield _result("1000-changes-of-3600-urls/second", pages, config, f"{DOMAINS} domains, index pages")


def _result(name: str, keys: list[str], config: Config, detail: str) -> Result:
    gc.collect()
    gc.freeze()  # as the function does: what earlier measurements left is not searched for garbage
    (took,) = in_turn(3, lambda: cpu_seconds(lambda: _mapped(keys, config), 1))
    gc.unfreeze()
    seconds = took * CHANGES / MEASURED
    return Result(name, seconds, SECOND, f"{seconds:.2f} s CPU, {detail}")


def _config(globs: list[str]) -> Config:
    include, exclude = ", ".join(f'"{glob}"' for glob in ("a*", *globs[1:])), ", ".join(f'"{glob}"' for glob in globs)
    site = f"bucket: my-site, domains: [www.example.com], include: [{include}], exclude: [{exclude}]"
    return parse(f"sites: [{{{site}}}]", "config.yml")


def _mapped(keys: list[str], config: Config) -> None:
    for key in keys:
        items_of(Change("my-site", key, "ObjectCreated:PutObject"), config)
