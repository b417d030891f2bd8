"""`quota` shows the day's quotas and the rest of each."""

import json
from typing import Any

import pytest
from click.testing import Result
from command import run
from world import World, objects

from oss_cdn_refresh_box.cdn.ledger import QUOTA
from oss_cdn_refresh_box.wire.faults import Faults, Lost, Refusal
from oss_cdn_refresh_box.wire.serving import Response


def call(world: World, *words: str) -> Result:
    """`quota` in this process."""
    return run("quota", *words, environ=world.environ, clock=world.clock)


def document(world: World) -> Any:
    return json.loads(call(world, "--json").stdout)


def test_the_quota_that_is_left_is_shown_beside_the_days_quota(world: World) -> None:
    world.invoke(objects(40))
    assert document(world)["quotas"]["cdn"] == {
        "File": {"left": 9_960, "of_a_day": 10_000},
        "Directory": {"left": 100, "of_a_day": 100},
        "IgnoreParams": {"left": 100, "of_a_day": 100},
    }


def test_a_bar_is_as_full_as_the_quota(world: World) -> None:
    world.cdn.quota = QUOTA._replace(urls=30)
    world.invoke(objects(20))
    (urls, *_) = (line for line in call(world).stdout.splitlines() if line.startswith("URLs"))
    assert (urls.count("█"), urls.count("░"), urls.split()[-2:]) == (10, 20, ["10", "30"])


def test_a_quota_that_is_not_used_up_exits_with_0(world: World) -> None:
    assert call(world).exit_code == 0


def test_a_quota_that_is_used_up_exits_with_1(world: World) -> None:
    world.cdn.quota = QUOTA._replace(urls=20)
    world.invoke(objects(20))
    result = call(world)
    assert (result.exit_code, "Used up: URLs." in result.stdout) == (1, True)


def test_a_small_rest_of_the_quota_is_visible_in_the_bar(world: World) -> None:
    world.invoke(objects(1_000))
    world.cdn.quota = QUOTA._replace(urls=1_001)
    (urls, *_) = (line for line in call(world).stdout.splitlines() if line.startswith("URLs"))
    assert urls.count("█") == 1


def test_missing_figures_stay_empty(world: World) -> None:
    world.cdn.faults = Faults(Response(200, b'{"UrlRemain": "7", "DirQuota": ""}'))
    assert document(world)["quotas"]["cdn"] == {
        "File": {"left": 7, "of_a_day": None},
        "Directory": {"left": None, "of_a_day": None},
        "IgnoreParams": {"left": None, "of_a_day": None},
    }


def test_the_time_of_the_next_quota_is_shown(world: World) -> None:
    world.cdn.limits = world.cdn.limits._replace(clock_skew_seconds=1e9)
    assert document(world)["back_at"] == "2026-11-22T16:00:00Z"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Refusal(403, "Forbidden.RAM", "User not authorized."), "grant cdn:DescribeRefreshQuota"),
        (Refusal(400, "InvalidTimeStamp.Expired", "Specified time stamp is expired."), "set the clock"),
        (Refusal(503, "ServiceUnavailable"), "ServiceUnavailable"),
        (Response(502, b"<html>Bad Gateway"), "check the endpoint"),
        (Response(200, b"[]"), "check the endpoint"),
        (Response(200, b"[1]"), "check the endpoint"),
        (Response(200, b'"x"'), "check the endpoint"),
        (Response(200, b"null"), "check the endpoint"),
        (Lost(), "check the endpoint"),
    ],
    ids=["no right", "wrong clock", "down", "502", "empty list", "list", "text", "null", "lost"],
)
def test_every_refusal_of_the_cdn_is_reported_in_one_line(world: World, fault: Any, said: str) -> None:
    world.cdn.faults = Faults(rule=lambda _request: fault)
    result = call(world)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)
    assert said in result.stderr


def test_a_port_without_a_listener_is_reported(world: World) -> None:
    world.environ["CDN_ENDPOINT"] = "http://127.0.0.1:9"
    result = call(world)
    assert (result.exit_code, "http://127.0.0.1:9: no answer" in result.stderr) == (2, True)


def test_wrong_credentials_are_not_shown(world: World) -> None:
    world.keys["AK"] = "ANOTHER"
    result = call(world)
    assert (result.exit_code, "check the credentials" in result.stderr) == (2, True)
    assert "SECRET" not in result.output


COLOURS = {"red": "\x1b[31m", "yellow": "\x1b[33m"}


@pytest.mark.parametrize(("left", "colour"), [(0, "red"), (99, "yellow"), (100, ""), (1_000, "")])
def test_a_short_quota_is_shown_in_colour(world: World, left: int, colour: str) -> None:
    world.cdn.quota = QUOTA._replace(urls=1_000)
    world.invoke(objects(1_000 - left))
    world.environ |= {"FORCE_COLOR": "1", "TERM": "xterm"}
    (urls, *_) = (line for line in call(world).stdout.splitlines() if "1,000" in line)
    assert [name for name, code in COLOURS.items() if code in urls] == ([colour] if colour else [])
