"""`report` reads exported log lines, and writes a page or its figures."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from a_day import line
from click.testing import Result
from command import run
from world import World

RECORD = line("dead_lettered", reason="InvalidItem", items=2, urls=["https://www.example.com/a/b.jpg"])


def report(world: World, *words: str, text: str | bytes = "") -> Result:
    """Run the command with these lines on stdin."""
    return run("report", "--from-logs", "-", *words, environ=world.environ, clock=world.clock, stdin=text)


def figures(world: World, text: str) -> dict[str, Any]:
    """The figures of these lines."""
    found: dict[str, Any] = json.loads(report(world, "--json", text=text).stdout)
    return found


def items(found: dict[str, Any]) -> int:
    """How many items became dead letters."""
    return sum(row["items"] for row in found["dead_letters"])


@pytest.mark.parametrize(
    "spelled",
    [
        RECORD,
        json.dumps({"__time__": "1795320000", "message": RECORD, "functionName": "refresh"}),
        json.dumps([{"__time__": 1795320000, "message": RECORD}]),
        f'"2026-11-22",{json.dumps(RECORD)}',
        '2026-11-22,"' + RECORD.replace('"', '""') + '",refresh',
        f'  "message": {json.dumps(RECORD)},',
        json.dumps({"content": RECORD}),
    ],
    ids=["plain", "sls", "array", "field", "csv", "pretty", "another field"],
)
def test_every_format_of_an_export_is_read(world: World, spelled: str) -> None:
    found = figures(world, f"START\n{spelled}\n")
    assert (items(found), found["from"]) == (2, "2026-11-22T04:00:00Z")
    assert (found["lines"]["read"], found["lines"]["others"]) == (1, 1)


def test_lines_that_cannot_be_read_are_counted_and_reported(world: World) -> None:
    result = report(world, "--json", text=f"{RECORD}\n{RECORD[:-5]}\n")
    found = json.loads(result.stdout)
    assert (result.exit_code, found["lines"]["broken"], items(found)) == (0, 1, 2)
    assert "1 line of the functions cannot be read" in result.stderr


@pytest.mark.parametrize("cut", range(20, 60, 3))
def test_a_truncated_line_is_not_searched_for_a_line_in_its_texts(world: World, cut: int) -> None:
    forged = line("dead_lettered", reason="forged", items=7_000, urls=[])
    broken = line("unreadable", message="what", payload=forged, more="x" * 60)[:-cut]
    found = figures(world, f"{broken}\n{json.dumps({'message': broken})}\n{RECORD}\n")
    assert (items(found), found["lines"]["broken"]) == (2, 2)


def test_a_line_without_a_time_is_reported_and_not_counted(world: World) -> None:
    bare = RECORD[RECORD.index("{") :]
    result = report(world, "--json", text=f"{bare}\n{RECORD}\n")
    found = json.loads(result.stdout)
    assert (items(found), found["lines"]["untimed"], "1 without a time" in result.stderr) == (2, 1, True)


def test_lines_of_two_exports_that_overlap_count_once(world: World, tmp_path: Path) -> None:
    other = line("dead_lettered", reason="Timeout", items=1, urls=[])
    for name, lines in (("a.log", [RECORD, RECORD]), ("b.log", [RECORD, other])):
        (tmp_path / name).write_text("\n".join(lines))
    words = ("report", "--from-logs", str(tmp_path / "a.log"), str(tmp_path / "b.log"), "--json")
    found = json.loads(run(*words, environ=world.environ, clock=world.clock).stdout)
    assert (items(found), found["lines"]["repeated"]) == (5, 1)


@pytest.mark.parametrize("text", ["", "START\nEND\n", RECORD[RECORD.index("{") :], RECORD[:-5]])
def test_a_log_without_a_line_that_counts_is_an_error(world: World, tmp_path: Path, text: str) -> None:
    page = tmp_path / "report.html"
    result = report(world, "-o", str(page), text=text)
    assert (result.exit_code, result.stderr.count("\n"), page.exists()) == (2, 1, False)
    assert "export" in result.stderr


def test_values_of_wrong_types_count_as_nothing(world: World, tmp_path: Path) -> None:
    wrong: list[Any] = [None, "7", -1.5, [], {}, True, 10**400, "\ud800"]
    names = (
        "items",
        "urls",
        "reason",
        "lag_ms",
        "code",
        "product",
        "directories",
        "short",
        "first_url",
        "confirmations",
    )
    events = (
        "summary",
        "accepted",
        "deferred",
        "refused",
        "collapsed",
        "quota_forecast",
        "refresh_failed",
        "unconfirmed",
    )
    text = "\n".join(line(event, **dict.fromkeys(names, value)) for event in events for value in wrong)
    result = report(world, "--json", "-o", str(tmp_path / "page.html"), text=text)
    assert (result.exit_code, result.stderr) == (0, "")
    assert json.loads(result.stdout)["lines"]["read"] == len(events) * len(wrong)


def test_without_the_extra_an_error_says_how_to_install_it(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pygal", None)
    result = report(world, "-o", str(tmp_path / "page.html"), text=RECORD)
    assert (result.exit_code, "pip install 'oss-cdn-refresh[report]'" in result.stderr) == (2, True)
    assert items(figures(world, RECORD)) == 2


def test_a_page_never_replaces_a_file_of_the_log(world: World, tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    log.write_text(RECORD)
    (tmp_path / "link").symlink_to(log)
    for place in (log, tmp_path / "link"):
        words = ("report", "--from-logs", str(log), "-o", str(place))
        result = run(*words, environ=world.environ, clock=world.clock)
        assert (result.exit_code, log.read_text()) == (2, RECORD)
        assert "the page would replace this file of the log: give another file with -o" in result.stderr


def test_a_page_or_json_has_to_be_asked_for(world: World) -> None:
    result = report(world, text=RECORD)
    assert (result.exit_code, "-o FILE" in result.stderr) == (2, True)


def test_a_packed_file_is_refused(world: World) -> None:
    result = report(world, "--json", text=b"\x1f\x8b\x08\x00\x00")
    assert (result.exit_code, "save it as UTF-8" in result.stderr) == (2, True)
