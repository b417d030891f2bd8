"""Each alarm fires in its own situation and in no other: the rules of the stack query log lines of the real code."""

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from every_line import (
    a_bad_item,
    a_confirmation_that_is_not_stored,
    a_task_failed,
    come_back,
    confirmation_forbidden,
    confirmed,
    never_confirmed,
    no_backlog,
    no_dead_letters,
    the_account_refused,
    the_quota_will_not_last,
    throttled,
    unreadable,
)
from sls import Logstore, a_logstore, query
from world import SITE, World, always, backlog_record, event, from_the_queue, record, url

from oss_cdn_refresh_box.cdn import Quota, Script
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_cli.deployment.reading import ros
from oss_cdn_refresh_cli.deployment.reading.template import load

ROOT = Path(__file__).parent.parent
ACCOUNT = "1234567890123456"
UNITS = {"m": 60, "h": 3_600}
FAILED = {
    "__topic__": "FCRequestMetrics:/oss-cdn-refresh",
    "functionName": "oss-cdn-refresh",
}  # a line of the platform


class Rule(NamedTuple):
    """An alert rule of the stack."""

    name: str
    query: str
    window: int  # seconds
    every: int  # seconds
    severity: int

    def rows(self, logstore: Logstore) -> list[dict[str, Any]]:
        """The rows that the rule finds now; it fires on any row."""
        return logstore.ask(self.query, self.window)


def seconds(text: str) -> int:
    return int(text[:-1]) * UNITS[text[-1]]


def rules(**environ: str) -> dict[str, Rule]:
    """The alert rules that a deployment makes, by name."""
    stack = load(ROOT / "template.yml", environ=environ, account=ACCOUNT).stack("monitoring")
    details = [props["Detail"] for kind, props in ros.resources(stack, ACCOUNT) if kind == "ALIYUN::SLS::Alert"]
    return {detail["Name"].removeprefix("refresh-"): rule(detail) for detail in details}


def rule(detail: dict[str, Any]) -> Rule:
    (asked,) = detail["Configuration"]["QueryList"]
    (severity,) = detail["Configuration"]["SeverityConfigurations"]
    assert severity["EvalCondition"] == {"Condition": "", "CountCondition": ""}
    return Rule(
        detail["Name"],
        asked["Query"],
        seconds(asked["Start"].removeprefix("-")),
        seconds(detail["Schedule"]["Interval"]),
        severity["Severity"],
    )


RULES = rules()


@pytest.fixture
def logstore(world: World) -> Iterator[Logstore]:
    with a_logstore(world.clock) as logstore:
        yield logstore


def given_up(world: World, _logstore: Logstore) -> None:
    a_bad_item(world)


def not_read(world: World, _logstore: Logstore) -> None:
    unreadable(world)


def not_put_away(world: World, _logstore: Logstore) -> None:
    no_backlog(world)


def not_put_away_nor_read(world: World, _logstore: Logstore) -> None:
    no_dead_letters(world)


def closed(world: World, _logstore: Logstore) -> None:
    the_account_refused(world)


def crashed(_world: World, logstore: Logstore) -> None:
    logstore.metrics({**FAILED, "hasFunctionError": "true"})


def crashed_in_drain(_world: World, logstore: Logstore) -> None:
    drain = {"__topic__": "FCRequestMetrics:/oss-cdn-refresh-drain", "functionName": "oss-cdn-refresh-drain"}
    logstore.metrics({**drain, "hasFunctionError": "true"})


def accepted_after_an_hour(world: World, _logstore: Logstore) -> None:
    """A message of the backlog about a change that is an hour and a minute old."""
    world.invoke(backlog_record(url("a.jpg")))


def still_waiting_after_an_hour(world: World, _logstore: Logstore) -> None:
    world.cdn.faults = always(Refusal(403, "SystemBusy"))
    world.invoke(backlog_record(url("a.jpg")))


def waiting_for_the_reset(world: World, _logstore: Logstore) -> None:
    world.cdn.quota = Quota(urls=0)
    world.invoke(event(record("a.jpg")))


def short_of_quota(world: World, _logstore: Logstore) -> None:
    the_quota_will_not_last(world)


def refused(world: World, _logstore: Logstore) -> None:
    throttled(world)


def late(world: World, _logstore: Logstore) -> None:
    world.clock.advance(330)
    world.invoke(event(record("a.jpg")))


def failed(world: World, _logstore: Logstore) -> None:
    a_task_failed(world)


def failed_too_often(world: World, _logstore: Logstore) -> None:
    world.configure(SITE, confirm={"resubmit": 0})
    world.cdn.tasks.script = lambda *_: Script("Failed")
    world.invoke(event(record("a.jpg")))
    come_back(world)


def not_confirmed_after_half_an_hour(world: World, _logstore: Logstore) -> None:
    world.cdn.tasks.script = lambda *_: Script("Complete", seconds=9e9)
    world.configure(SITE, confirm={})
    world.invoke(event(record("a.jpg")))
    for seconds in (360, 300, 600, 1_200):
        come_back(world, seconds)


def not_confirmed_at_all(world: World, _logstore: Logstore) -> None:
    never_confirmed(world)


def confirmation_not_stored(world: World, _logstore: Logstore) -> None:
    a_confirmation_that_is_not_stored(world)


def not_allowed_to_confirm(world: World, _logstore: Logstore) -> None:
    confirmation_forbidden(world)


ON: dict[Callable[[World, Logstore], None], set[str]] = {
    given_up: {"dead-letters"},
    not_read: {"dead-letters"},
    not_put_away: {"unaccounted", "error-rate"},
    not_put_away_nor_read: {"unaccounted", "dead-letters"},
    closed: {"account-refused"},
    crashed: {"failed-invocations"},
    crashed_in_drain: {"failed-invocations"},
    accepted_after_an_hour: {"oldest-backlog", "lag"},
    still_waiting_after_an_hour: {"oldest-backlog"},
    waiting_for_the_reset: {"oldest-backlog"},
    short_of_quota: {"oldest-backlog", "quota-forecast"},
    refused: {"error-rate"},
    late: {"lag"},
    failed: {"refresh-failed"},
    failed_too_often: {"refresh-failed", "dead-letters"},
    not_confirmed_after_half_an_hour: {"unconfirmed"},
    not_confirmed_at_all: {"unconfirmed"},
    confirmation_not_stored: {"unconfirmed"},
    not_allowed_to_confirm: {"confirmation-unavailable"},
}


@pytest.mark.parametrize("happens", ON, ids=lambda happens: happens.__name__)
def test_each_situation_fires_exactly_its_own_alarms(
    world: World, logstore: Logstore, happens: Callable[[World, Logstore], None]
) -> None:
    happens(world, logstore)
    assert {name for name, rule in RULES.items() if rule.rows(logstore)} == ON[happens]


def test_every_alarm_fires_on_something() -> None:
    assert {name for names in ON.values() for name in names} == set(RULES)


@pytest.mark.parametrize("happens", ON, ids=lambda happens: happens.__name__)
def test_an_alarm_stops_when_its_window_has_passed(
    world: World, logstore: Logstore, happens: Callable[[World, Logstore], None]
) -> None:
    happens(world, logstore)
    world.clock.advance(2 * max(rule.window for rule in RULES.values()))
    assert [name for name, rule in RULES.items() if rule.rows(logstore)] == []


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.name)
def test_the_window_of_an_alarm_covers_the_time_since_its_last_evaluation(rule: Rule) -> None:
    assert rule.every <= rule.window <= 24 * 3_600  # SLS, "Overview" of alarms: a query sees 24 hours at most


def a_healthy_day(world: World) -> Iterator[None]:
    """Changes all day long: one call in twenty is throttled once, a minute is full once, a batch of the queue fits.

    Each quarter of an hour the queue trigger brings what is due, confirmations too.
    """
    world.jitter = lambda _low, high: high
    world.configure(SITE, confirm={})
    for quarter in range(24 * 4):
        now = world.clock.now()
        refusals = [Refusal(503, "Throttling.User")] if quarter % 20 == 7 else []
        world.cdn.faults = Faults(*refusals)
        for number in range(3):
            fresh = {**record(f"{quarter}-{number}.jpg"), **_time(now)}
            world.invoke(event(fresh, record("ignored", bucket="other")))
        if quarter == 40:
            world.invoke(event(*({**record(f"{number}.jpg"), **_time(now)} for number in range(1_200))))
        if quarter % 16 == 0:
            world.invoke(from_the_queue(*({**record(f"{number}.jpg"), **_time(now)} for number in range(300))))
        come_back(world, 0)
        yield
        world.clock.advance(900 - (world.clock.now() - now))


def _time(now: float) -> dict[str, str]:
    return {"eventTime": datetime.fromtimestamp(now, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")}


def test_no_alarm_fires_on_a_healthy_day(world: World, logstore: Logstore) -> None:
    fired = [name for _ in a_healthy_day(world) for name, rule in RULES.items() if rule.rows(logstore)]
    assert fired == []
    assert sum(row["refreshed"] for row in logstore.ask(query("refreshed"))) > 24 * 4 * 3
    assert sum(row["confirmed"] for row in logstore.ask(query("confirmed"))) > 23 * 4 * 3


def test_the_alarm_about_a_failed_refresh_says_why_it_failed(world: World, logstore: Logstore) -> None:
    a_task_failed(world)
    assert RULES["refresh-failed"].rows(logstore) == [
        {"event": "refresh_failed", "description": "Failed Origin Timeout", "items": 1}
    ]


def test_a_refresh_that_fails_for_good_is_reported_at_every_level_of_the_log(world: World, logstore: Logstore) -> None:
    world.environ["LOG_LEVEL"] = "ERROR"
    failed_too_often(world, logstore)
    assert [row["event"] for row in RULES["refresh-failed"].rows(logstore)] == ["dead_lettered"]


def test_the_alarm_about_a_late_confirmation_says_how_long_it_is_late(world: World, logstore: Logstore) -> None:
    not_confirmed_after_half_an_hour(world, logstore)
    (row,) = RULES["unconfirmed"].rows(logstore)
    assert row["minutes"] == 41


def test_the_alarm_about_a_late_confirmation_goes_on_between_two_looks(world: World, logstore: Logstore) -> None:
    not_confirmed_after_half_an_hour(world, logstore)
    world.clock.advance(1_139)
    assert RULES["unconfirmed"].rows(logstore) != []


def test_what_is_not_confirmed_yet_in_the_first_half_hour_is_no_alarm(world: World, logstore: Logstore) -> None:
    world.cdn.tasks.script = lambda *_: Script("Complete", seconds=1_200)
    world.configure(SITE, confirm={})
    world.invoke(event(record("a.jpg")))
    for seconds in (360, 300, 600):
        come_back(world, seconds)
    assert RULES["unconfirmed"].rows(logstore) == []


def test_the_alarm_about_a_missing_right_goes_on_although_an_instance_writes_its_line_once(
    world: World, logstore: Logstore
) -> None:
    confirmation_forbidden(world)
    world.clock.advance(3_600)
    world.invoke(event(record("a.jpg")))
    come_back(world)
    assert [row["event"] for row in RULES["confirmation-unavailable"].rows(logstore)] == ["unconfirmed"]


def test_a_confirmed_item_is_no_alarm(world: World, logstore: Logstore) -> None:
    confirmed(world)
    assert [name for name, rule in RULES.items() if rule.rows(logstore)] == []


def test_a_single_failed_call_does_not_fire_the_error_rate_alarm(world: World, logstore: Logstore) -> None:
    world.cdn.faults = Faults(Refusal(503, "Throttling.User"))
    world.jitter = lambda _low, high: high
    world.invoke(event(record("a.jpg")))
    assert RULES["error-rate"].rows(logstore) == []


def test_the_text_of_an_alarm_names_its_finding(world: World, logstore: Logstore) -> None:
    the_quota_will_not_last(world)
    a_bad_item(world)
    assert RULES["quota-forecast"].rows(logstore) == [{"target": "cdn", "kind": "File", "missing": 150}]
    assert RULES["dead-letters"].rows(logstore) == [{"items": 1, "records": 0}]


def test_the_alarm_about_the_account_says_what_to_do(world: World, logstore: Logstore) -> None:
    the_account_refused(world)
    assert RULES["account-refused"].rows(logstore) == [
        {"product": "cdn", "code": "InsufficientBalance", "remedy": "pay what the account owes", "invocations": 1}
    ]


def test_the_alarm_about_the_account_keeps_firing_between_two_attempts_of_a_deferred_item(
    world: World, logstore: Logstore
) -> None:
    the_account_refused(world)
    world.jitter = lambda _low, high: high
    the_account_refused(world)
    world.clock.advance(max(world.delays) - 1)
    assert RULES["account-refused"].rows(logstore) != []


def test_the_alarm_about_dead_letters_fires_at_every_log_level(world: World, logstore: Logstore) -> None:
    world.environ["LOG_LEVEL"] = "ERROR"
    a_bad_item(world)
    assert RULES["dead-letters"].rows(logstore) != []


def test_one_variable_removes_dashboard_and_alarms_but_not_the_log() -> None:
    stack = load(ROOT / "template.yml", environ={"REFRESH_MONITORING": "none"}, account=ACCOUNT).stack("monitoring")
    assert [kind.rpartition(":")[2] for kind, _ in ros.resources(stack, ACCOUNT)] == ["Project", "Logstore", "Index"]


def test_the_action_policy_of_the_alarms_is_a_variable() -> None:
    environ = {"REFRESH_ACTION_POLICY": "our-team"}
    stack = load(ROOT / "template.yml", environ=environ, account=ACCOUNT).stack("monitoring")
    alerts = [props["Detail"] for kind, props in ros.resources(stack, ACCOUNT) if kind == "ALIYUN::SLS::Alert"]
    assert {alert["Configuration"]["PolicyConfiguration"]["ActionPolicyId"] for alert in alerts} == {"our-team"}
