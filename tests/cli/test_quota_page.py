"""The page about operating shows the quotas of all products exactly as the command does."""

import json
import re
from collections.abc import Iterator

import pytest
from command import run
from pages import PAGES
from world import SITE, World, objects, record

from oss_cdn_refresh_box.dcdn import Dcdn
from oss_cdn_refresh_box.esa import Esa, Site

SITE_ID = 123456789012345
DOWNLOADS = {"bucket": "my-downloads", "domains": ["dl.example.net"], "product": "dcdn"}
APP = {"bucket": "my-app", "domains": ["app.example.org"], "product": "esa", "esa_site_id": SITE_ID}


@pytest.fixture
def world_of_products(world: World) -> Iterator[World]:
    """A site of each product: 40 URLs were refreshed on the CDN, 6 on DCDN and one on ESA."""
    records = Site("example.org", plan="free", records={"app.example.org": True})
    with (
        Dcdn(world.clock, ["dl.example.net"], keys=world.keys) as dcdn,
        Esa(world.clock, {SITE_ID: records}, keys=world.keys) as esa,
    ):
        world.environ |= {"DCDN_ENDPOINT": dcdn.url, "ESA_ENDPOINT": esa.url}
        world.configure(SITE, DOWNLOADS, APP)
        world.invoke(objects(40))
        world.invoke({"events": [record(f"{number}.zip", bucket="my-downloads") for number in range(6)]})
        world.invoke({"events": [record("app.js", bucket="my-app")]})
        world.clock.advance(1)
        yield world


@pytest.mark.parametrize("name", ["docs/operating.md", "docs/operating.zh-CN.md"])
def test_the_shown_quotas_are_the_output_of_the_command(world_of_products: World, name: str) -> None:
    (answer,) = re.findall(r"```text\n\$ oss-cdn-refresh quota\n((?:.*\n)*?)```", PAGES[name])
    result = run("quota", environ=world_of_products.environ, clock=world_of_products.clock)
    assert [line.rstrip() for line in result.stdout.splitlines()] == answer.splitlines()


@pytest.mark.parametrize("name", ["docs/operating.md", "docs/operating.zh-CN.md"])
def test_the_shown_quotas_in_json_are_those_of_the_command(world_of_products: World, name: str) -> None:
    (shown,) = [block for block in re.findall(r"```json\n(.*?)```", PAGES[name], re.DOTALL) if '"back_at"' in block]
    result = run("quota", "--json", environ=world_of_products.environ, clock=world_of_products.clock)
    assert json.loads(shown) == json.loads(result.stdout)
