"""The entry point, as the platform loads it."""

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from world import SITE, World, event, record

import oss_cdn_refresh
from oss_cdn_refresh.model.errors import ConfigurationError, Unaccounted
from oss_cdn_refresh_box.wire.serving import Response

FUNCTIONS = Path(oss_cdn_refresh.__file__).parent.parent


@pytest.fixture
def refresh(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The entry point, loaded again: an instance that has just started, in the world's environment."""
    for name, value in world.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delitem(sys.modules, "refresh", raising=False)
    module = importlib.import_module("refresh")
    world.clock.advance(_behind(world))  # the entry point uses the clock of the machine
    yield module
    sys.modules.pop("refresh", None)


def _behind(world: World) -> float:
    return time.time() - world.clock.now()


CONTEXT = SimpleNamespace(request_id="1-abc", function=SimpleNamespace(timeout=60), region="", account_id="")


def test_the_handler_refreshes(world: World, refresh: ModuleType) -> None:
    refresh.initialize(CONTEXT)
    summary = refresh.handler(event(record()), CONTEXT)
    assert (summary["refreshed"], world.cdn.accepted) == (1, {("File", "https://www.example.com/a.jpg")})


def test_the_returned_summary_is_json(refresh: ModuleType) -> None:
    summary = refresh.handler(event(record(), record("b", event="ObjectDownloaded:GetObject")), CONTEXT)
    assert json.loads(json.dumps(summary)) == summary


def test_the_handler_works_without_initialize(world: World, refresh: ModuleType) -> None:
    assert refresh.handler(event(record()), CONTEXT)["refreshed"] == 1
    assert len(world.refreshes) == 1


def test_an_empty_context_is_enough(refresh: ModuleType) -> None:
    assert refresh.handler(event(record()), SimpleNamespace())["refreshed"] == 1


def test_the_instance_lives_as_long_as_the_module(world: World, refresh: ModuleType) -> None:
    for _ in range(3):
        refresh.handler(event(record()), CONTEXT)
    assert world.cdn.connections == 1


def test_the_environment_is_read_on_each_invocation(
    world: World, refresh: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.cdn.suspended = "InvalidParameter"
    refresh.handler(event(record()), CONTEXT)
    monkeypatch.setenv("DEAD_LETTER_QUEUE", "backlog")
    refresh.handler(event(record()), CONTEXT)
    assert (len(world.dead_letters), len(world.backlog)) == (1, 1)


def test_a_wrong_configuration_fails_the_start(
    refresh: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("sites: []", encoding="utf-8")
    monkeypatch.setenv("REFRESH_CONFIG", str(wrong))
    with pytest.raises(ConfigurationError):
        refresh.initialize(CONTEXT)


def test_the_handler_raises_for_unaccounted_items(
    world: World, refresh: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.cdn.suspended = "InvalidParameter"
    monkeypatch.delenv("DEAD_LETTER_QUEUE")
    with pytest.raises(Unaccounted):
        refresh.handler(event(record()), CONTEXT)


def test_the_configuration_that_is_deployed_is_valid(refresh: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REFRESH_CONFIG")
    refresh.initialize(CONTEXT)
    assert refresh.handler(event(record()), CONTEXT)["refreshed"] == 1


def test_the_entry_point_is_short() -> None:
    assert len((FUNCTIONS / "refresh.py").read_text(encoding="utf-8").splitlines()) < 60


# In a separate process


MANY = 10_000
MEASURED = """
import json, pathlib, re, sys, types
import refresh
context = types.SimpleNamespace(request_id="1", function=types.SimpleNamespace(timeout=60), region="", account_id="")
refresh.initialize(context)
summary = refresh.handler(sys.stdin.buffer.read(), context)
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", pathlib.Path("/proc/self/status").read_text())[1])
print(json.dumps({"summary": summary, "peak": peak, "modules": sorted(sys.modules)}))
"""


def run(world: World, script: str, given: bytes) -> dict[str, Any]:
    """The JSON that a script prints in a separate process with the world's environment."""
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-W", "error", "-c", script],
        cwd=FUNCTIONS,
        env={**os.environ, **world.environ},
        input=given,
        capture_output=True,
        check=True,
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


@pytest.fixture
def today(world: World) -> World:
    """The world at the machine's time, for functions in a separate process."""
    world.clock.advance(_behind(world))
    return world


@pytest.mark.parametrize("code", ["", "TooMany.Refresh"], ids=["refreshed", "deferred"])
def test_ten_thousand_objects_need_less_than_120_mb(today: World, code: str) -> None:
    today.configure({"bucket": "my-site", "domains": ["www.example.com"]}, limits={"urls_per_minute_per_domain": MANY})
    if code:
        today.cdn.faults.add(Response(400, json.dumps({"Code": code, "Message": ""}).encode()))
    keys = [f"assets/images/2026/11/product-{number:05}/front-large.jpg" for number in range(MANY)]
    done = run(today, MEASURED, event(*map(record, keys)))
    assert done["summary"]["refreshed" if not code else "deferred"] == MANY
    assert done["peak"] < 120 * 1024  # KiB


def test_a_cold_start_imports_no_slow_module(today: World) -> None:
    """Importing each of these modules takes tens of milliseconds or more."""
    modules = set(run(today, MEASURED, event(record()))["modules"])
    assert not modules & {
        "oss2",
        "mns",
        "alibabacloud_cdn20180510",
        "Tea",
        "asyncio",
        "difflib",
        "msgspec",
        "xml.etree.ElementTree",
    }


def test_a_configuration_for_the_cdn_alone_imports_no_other_product(today: World) -> None:
    modules = run(today, MEASURED, event(record()))["modules"]
    assert [name for name in modules if name.endswith((".products.dcdn", ".products.esa"))] == []


UNTIL_ACCEPTED = """
import json, sys, types
import refresh
from oss_cdn_refresh.products.cdn import Client
submit, before = Client.refresh, []
def refreshed(*given, **named):
    before.append(sorted(sys.modules))
    answer = submit(*given, **named)
    before.append(sorted(sys.modules))
    return answer
Client.refresh = refreshed
context = types.SimpleNamespace(request_id="1", function=types.SimpleNamespace(timeout=60), region="", account_id="")
refresh.initialize(context)
assert refresh.handler(sys.stdin.buffer.read(), context)["refreshed"] == 1
print(json.dumps({"before": before[0], "accepted": before[1], "after": sorted(sys.modules)}))
"""


def test_confirmation_imports_nothing_before_the_upload_is_accepted(today: World) -> None:
    modules = {}
    for mode in ("all", "never"):
        today.configure(SITE, confirm={"mode": mode})
        modules[mode] = run(today, UNTIL_ACCEPTED, event(record()))
    confirmed, plain = modules["all"], modules["never"]
    assert (confirmed["before"], confirmed["accepted"]) == (plain["before"], plain["accepted"])
    further = set(confirmed["after"]) - set(plain["after"])
    assert any(name.startswith("oss_cdn_refresh.") and "confirm" in name for name in further)


def test_the_garbage_collector_is_back_on_after_the_start(today: World) -> None:
    """It is off during imports, and an instance lives for hours."""
    script = MEASURED + 'import gc; print(json.dumps({"collects": gc.isenabled()}))'
    assert run(today, script, event(record())) == {"collects": True}
