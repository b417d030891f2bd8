"""The figures of `report` are those of the stand-ins, and those of the dashboard's queries on the same lines."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from a_day import Day, a_day
from command import run
from sls import query

from oss_cdn_refresh_cli.reporting import hours, lines
from oss_cdn_refresh_cli.reporting.prefixes import prefix
from oss_cdn_refresh_cli.reporting.remedies import ANY, OTHERS, TABLE, remedy

DOCS = Path(__file__).parent.parent.parent / "docs"


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Day]:
    with a_day(tmp_path_factory.mktemp("day")) as day:
        yield day


@pytest.fixture(scope="module")
def found(day: Day) -> dict[str, Any]:
    result = run("report", "--from-logs", "-", "--json", environ={}, clock=day.world.clock, stdin=day.text)
    figures: dict[str, Any] = json.loads(result.stdout)
    return figures


def rows(day: Day, name: str) -> list[dict[str, Any]]:
    return day.logstore.ask(query(name))


def by_hour(day: Day, name: str) -> dict[str, dict[str, Any]]:
    answer = {row.pop("hour"): row for row in rows(day, name)}
    return {f"{at:%Y-%m-%dT%H:%M:%SZ}": row for at, row in answer.items()}


def picked(found: Mapping[str, Any], names: Mapping[str, Any]) -> dict[str, Any]:
    return {hour["hour"]: {name: hour[name] for name in names} for hour in found["hours"]}


def test_the_day_has_everything_that_the_report_shows(found: dict[str, Any]) -> None:
    assert [name for name, value in found.items() if value in ([], 0) and name != "page"] == [
        "unaccounted",
        "product_refusals",
    ]


def test_the_sums_are_what_the_handler_returned(day: Day, found: dict[str, Any]) -> None:
    for name in ("changes", "urls", "refreshed", "deferred", "dead_lettered", "unreadable", "requests"):
        assert found["sum"][name] == sum(each[name] for each in day.handled), name
    for name, word in (("confirmed", "complete"), ("failed", "failed"), ("given_up", "given_up")):
        assert found["sum"][name] == sum(each["confirmations"][word] for each in day.handled), name


def test_the_used_quota_is_what_the_products_accepted(day: Day, found: dict[str, Any]) -> None:
    for name in day.three.products:
        accepted = Counter(
            (int(call.at) + 8 * 3_600) // 86_400
            for call in day.three.refreshes(name)
            if call.accepted
            for _ in call.urls
        )
        used: Counter[int] = Counter()
        for row in found["quota_used"]:
            if row["target"].split()[0] == name:
                at = datetime.strptime(row["hour"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()
                used[(int(at) + 8 * 3_600) // 86_400] = row["urls_today"] + row["directories_today"]
        assert used == accepted, name


def test_the_refusals_are_the_calls_that_the_products_refused(day: Day, found: dict[str, Any]) -> None:
    refused = sum(not call.accepted for name in day.three.products for call in day.three.refreshes(name))
    assert sum(found["sum"]["refused"].values()) == sum(row["calls"] for row in found["refused"]) == refused


def test_dead_letters_are_those_in_the_queue(day: Day, found: dict[str, Any]) -> None:
    stored: Counter[str] = Counter()
    for letter in day.world.dead_letters:
        stored[letter["reason"]] += len(letter.get("urls", ()))
    stored.pop("UnreadableEvent")
    assert {row["reason"]: row["items"] for row in found["dead_letters"]} == stored


@pytest.mark.parametrize("name", ["refreshed", "confirmed", "collateral"])
def test_the_counts_of_each_hour_are_those_of_the_dashboard(day: Day, found: dict[str, Any], name: str) -> None:
    expected = by_hour(day, name)
    assert picked(found, next(iter(expected.values()))) == expected


@pytest.mark.parametrize(("name", "which"), [("lag", "lag"), ("fresh", "fresh")])
def test_the_times_of_each_hour_are_those_of_the_dashboard(
    day: Day, found: dict[str, Any], name: str, which: str
) -> None:
    """The dashboard's percentiles are approximate."""
    expected = by_hour(day, name)
    assert len(expected) == len(found["hours"])
    for hour in found["hours"]:
        row = expected[hour["hour"]]
        for exact in ("median_seconds", "longest_seconds"):
            assert hour[which][exact] == (None if row[exact] is None else pytest.approx(row[exact])), hour["hour"]
        p95, longest = hour[which]["p95_seconds"], hour[which]["longest_seconds"]
        if p95 is not None:
            assert hour[which]["median_seconds"] <= p95 <= longest
            assert abs(p95 - row["p95_seconds"]) <= max(1, longest / 2)


def test_the_used_quota_of_each_hour_is_that_of_the_dashboard(day: Day, found: dict[str, Any]) -> None:
    expected = [
        {**row, "hour": f"{row['hour']:%Y-%m-%dT%H:%M:%SZ}"}
        for row in sorted(rows(day, "quota-used"), key=lambda row: (row["target"], row["hour"]))
    ]
    assert found["quota_used"] == expected


def test_the_forecast_is_that_of_the_alarm(day: Day, found: dict[str, Any]) -> None:
    shown = [(row["target"], row["object_type"], row["short"]) for row in found["quota_forecast"]]
    assert shown == [(row["target"], row["kind"], row["missing"]) for row in rows(day, "quota-forecast")]


def test_refusals_by_code_are_those_of_the_dashboard(day: Day, found: dict[str, Any]) -> None:
    shown = {(row["target"].split()[0], row["code"], row["means"]): row["calls"] for row in found["refused"]}
    expected = {(row["product"], row["code"], row["means"]): row["calls"] for row in rows(day, "refused")}
    assert shown == expected


def test_the_reasons_of_deferred_items_are_those_of_the_dashboard(day: Day, found: dict[str, Any]) -> None:
    expected: dict[str, tuple[int, float]] = {}
    for row in rows(day, "deferred"):
        items, oldest = expected.get(row["reason"], (0, 0))
        expected[row["reason"]] = (items + row["items"], max(oldest, row["oldest_minutes"]))
    assert {row["reason"]: (row["items"], row["oldest_minutes"]) for row in found["deferred"]} == expected


def test_failed_and_unconfirmed_refreshes_are_those_of_the_alarms(day: Day, found: dict[str, Any]) -> None:
    failed = {
        row["description"]: row["items"] for row in rows(day, "refresh-failed") if row["event"] == "refresh_failed"
    }
    assert {row["description"]: row["items"] for row in found["refresh_failed"]} == failed
    given_up = {row["reason"]: row["items"] for row in rows(day, "unconfirmed") if row["items"]}
    assert {row["reason"]: row["items"] for row in found["unconfirmed"]} == given_up


def test_the_dead_letters_are_those_of_the_alarm(day: Day, found: dict[str, Any]) -> None:
    (row,) = rows(day, "dead-letters")
    assert (found["sum"]["dead_lettered"], found["sum"]["unreadable"]) == (row["items"], row["records"])
    assert sum(row["items"] for row in found["dead_letters"]) == row["items"]


def test_the_thresholds_are_those_of_the_alarms() -> None:
    assert re.findall(r"seconds > (\d+)", query("late")) == [str(hours.LATE)]
    assert re.findall(r"minutes >= (\d+)", query("unconfirmed")) == [str(hours.UNCONFIRMED)]


def test_every_event_of_the_schema_is_known() -> None:
    schema = json.loads((DOCS / "log-lines.schema.json").read_text(encoding="utf-8"))
    assert {entry["$ref"].rpartition("/")[2] for entry in schema["oneOf"]} == lines.EVENTS


def test_the_busiest_prefixes_count_the_named_urls(day: Day, found: dict[str, Any]) -> None:
    named: Counter[str] = Counter()
    for each in day.world.lines:
        if each["event"] in {"accepted", "deferred", "dead_lettered", "refresh_failed"}:
            named.update(map(prefix, [each["first_url"]] if each["event"] == "accepted" else each["urls"]))
    shown = found["prefixes"]
    assert {row["prefix"]: sum(row[name] for name in row if name != "prefix") for row in shown["busiest"]} == dict(
        named.most_common(10)
    )
    assert shown["named"] == named.total()


@pytest.mark.parametrize(
    ("name", "heading", "language"),
    [("troubleshooting.md", "There are dead letters", "en"), ("troubleshooting.zh-CN.md", "有死信", "zh")],
)
def test_the_remedies_are_those_of_the_page_about_troubleshooting(name: str, heading: str, language: str) -> None:
    page = (DOCS / name).read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    shown = {}
    for reasons, fix in re.findall(
        r"^\| [^|`]+ \| (`.*?|another code.*?|CDN 的其他.*?) \| .* \| (.*) \|$", page, re.MULTILINE
    ):
        plain = re.sub(r"\[([^]]*)\]\([^)]*\)", "“\\1”", fix).replace("`", "")
        shown[tuple(re.findall("`([^`]+)`", reasons)) if reasons.startswith("`") else ()] = plain
    rows = {row.reasons: row.en if language == "en" else row.zh for row in (*TABLE, OTHERS)}
    assert shown == rows


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.reasons[0])
def test_every_reason_has_its_remedy_in_both_languages(row: Any) -> None:
    for reason in row.reasons:
        told = reason.replace(ANY, ".Something")
        assert (remedy(told, "en"), remedy(told, "zh")) == (row.en, row.zh)
