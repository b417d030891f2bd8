"""The inventory named in the configuration: cached, read again after some time, and kept if it disappears."""

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from world import SITE, World, from_the_queue, record, url

from oss_cdn_refresh.planner.inventory import written
from oss_cdn_refresh_box.cdn import Quota
from oss_cdn_refresh_box.oss import Oss

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "invalid escape sequence")  # from docstrings of oss2, when Python compiles it
    import oss2

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")  # oss2, on Python 3.12

WHERE = "oss://settings/inventory.json"
CHEAP_A, CHEAP_B = ({"my-site": {"a/": a, "b/": b}} for a, b in ((60, 900), (900, 60)))


@pytest.fixture
def settings(world: World) -> Iterator[Any]:
    """A bucket with the inventory, and a world with 60 URLs and some directories left."""
    with Oss(world.clock, ["settings"], keys=world.keys) as oss:
        session = oss2.Session()
        world.environ["OSS_ENDPOINT"] = oss.url
        world.configure(SITE, collapse={"reserve_urls": 0, "reserve_directories": 0, "inventory": WHERE})
        yield oss2.Bucket(oss2.Auth("AK", "SECRET"), oss.url, "settings", session=session)
        session.session.close()


def chosen(world: World, seconds: float = 86_400, urls: int = 60) -> list[str]:
    """The directory that replaces one of two halves, this many seconds later, with this daily quota of URLs."""
    world.clock.advance(seconds)
    world.cdn.quota = Quota(urls=urls)
    before = len(world.refreshes)
    world.invoke(from_the_queue(*(record(f"{half}/{number}.jpg") for half in "ab" for number in range(60))))
    return [one for call in world.refreshes[before:] if call.object_type == "Directory" for one in call.urls]


def test_the_inventory_is_read_from_oss(world: World, settings: Any) -> None:
    settings.put_object("inventory.json", written(CHEAP_B, ""))
    assert chosen(world) == [url("b/")]


def test_a_changed_inventory_is_read_again(world: World, settings: Any) -> None:
    settings.put_object("inventory.json", written(CHEAP_B, ""))
    chosen(world)
    settings.put_object("inventory.json", written(CHEAP_A, ""))
    assert chosen(world) == [url("a/")]


def test_the_inventory_is_not_read_at_each_batch(world: World, settings: Any) -> None:
    settings.put_object("inventory.json", written(CHEAP_B, ""))
    chosen(world)
    settings.put_object("inventory.json", written(CHEAP_A, ""))
    assert chosen(world, 540, urls=120) == [url("b/")]
    assert chosen(world, 61, urls=180) == [url("a/")]


def test_the_last_good_inventory_stays(world: World, settings: Any) -> None:
    settings.put_object("inventory.json", written(CHEAP_B, ""))
    chosen(world)
    settings.put_object("inventory.json", b"no inventory")
    assert chosen(world) == [url("b/")]
    assert world.line("inventory_unknown")["message"].startswith(f"{WHERE}: the whole file: is not JSON")


def test_a_missing_inventory_is_a_warning_and_the_plan_is_made_without_it(world: World, settings: Any) -> None:
    assert settings.object_exists("inventory.json") is False
    assert len(chosen(world)) == 1
    assert world.line("inventory_unknown")["message"].startswith(WHERE)


def test_an_inventory_in_a_file_is_read_once(world: World, tmp_path: Path) -> None:
    file = tmp_path / "inventory.json"
    file.write_bytes(written(CHEAP_B, ""))
    world.configure(SITE, collapse={"reserve_urls": 0, "reserve_directories": 0, "inventory": str(file)})
    chosen(world)
    file.unlink()
    assert chosen(world) == [url("b/")]


def test_another_configuration_counts_the_inventory_again(world: World, tmp_path: Path) -> None:
    file = tmp_path / "inventory.json"
    file.write_bytes(written(CHEAP_B, ""))
    rules = {"reserve_urls": 0, "reserve_directories": 0, "inventory": str(file)}
    world.configure(SITE, collapse=rules)
    chosen(world)
    file.write_bytes(written(CHEAP_A, ""))
    world.configure(SITE, collapse={**rules, "max_collateral": 10**6})
    assert chosen(world) == [url("a/")]
