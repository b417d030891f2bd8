"""A setting that cannot do what it says is refused by handler, initialize and validate alike, with its message."""

from pathlib import Path
from typing import Any

import pytest
from command import run
from world import SITE, World, event, record

from oss_cdn_refresh.model.errors import ConfigurationError

SITES: dict[str, tuple[dict[str, Any], str]] = {
    "a bucket": ({"bucket": "My_Site"}, 'sites[0].bucket: "My_Site" is no name of a bucket'),
    "a prefix": ({"prefix": "www"}, 'sites[0].prefix: "www" does not end with /: write "www/"'),
    "a path": ({"path": "/%zz/"}, 'sites[0].path: "/%zz/" has a % without two hex digits'),
    "a glob": ({"exclude": ["/img/*"]}, 'did you mean "img/*"?'),
    "a glob beside the prefix": ({"prefix": "www/", "exclude": ["drafts/*"]}, 'did you mean "www/drafts/*"?'),
    "too many globs": ({"exclude": ["a"] * 1_001}, "sites[0].exclude: has 1,001 entries: write at most 1,000"),
}
VARIABLES = {
    "BACKLOG_QUEUE": ("my_queue.backlog", "is no name of a queue"),
    "DEAD_LETTER_QUEUE": ("a" * 130, "is no name of a queue"),
    "CDN_ENDPOINT": ("http://[::1", "is no base URL"),
    "SMQ_ENDPOINT": ("http:", "is no base URL"),
    "OSS_ENDPOINT": ("http://h:abc", "is no base URL"),
}


def refusals(world: World) -> list[str]:
    """What each entry point says; nothing is sent by any."""
    told = []
    for enter in (lambda: world.invoke(event(record())), lambda: world.instance.prepare(world.context, world.environ)):
        with pytest.raises(ConfigurationError) as refused:
            enter()
        told.append(str(refused.value))
    result = run("validate", environ=world.environ, clock=world.clock)
    assert (result.exit_code, world.cdn.calls, world.backlog) == (2, [], [])
    return [*told, " ".join(result.stderr.split())]


@pytest.mark.parametrize("name", SITES)
def test_a_wrong_site_is_refused_everywhere(world: World, name: str) -> None:
    site, message = SITES[name]
    world.configure({**SITE, **site})
    assert [message in told for told in refusals(world)] == [True] * 3


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_wrong_variable_is_refused_everywhere(world: World, variable: str) -> None:
    world.environ[variable], message = VARIABLES[variable]
    assert [variable in told and message in told for told in refusals(world)] == [True] * 3


def test_merge_keys_that_multiply_are_refused_everywhere(world: World) -> None:
    levels = "".join(f"a{at}: &a{at} {{<<: [{', '.join([f'*a{at - 1}'] * 9)}]}}\n" for at in range(1, 9))
    Path(world.environ["REFRESH_CONFIG"]).write_text(f"a0: &a0 {{k: v}}\n{levels}")
    assert ["holds more than 100,000 values" in told for told in refusals(world)] == [True] * 3
