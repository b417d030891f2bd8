"""`dead-letters redrive --from-logs`: what the function could put nowhere, out of its log."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command import run
from given_up import bodies, url
from world import World, event, record

from local.wire.faults import Faults, Lost, Refusal
from oss_cdn_refresh.model.errors import Unaccounted

NOW = "2026-11-22T04:00:00Z"  # the world's
PREFIX = "2026-11-22T03:59:59.920Z 1-6921a0c0-0001 [ERROR] "


def redrive(world: World, *lines: str, words: tuple[str, ...] = ()) -> Result:
    """The command with these lines on stdin."""
    text = "".join(f"{line}\n" for line in lines)
    command = ("dead-letters", "redrive", "--from-logs", "-", *words)
    return run(*command, environ=world.environ, clock=world.clock, stdin=text)


def line(**fields: Any) -> str:
    """An `unaccounted` line as the function logs it."""
    return json.dumps({"event": "unaccounted", "level": "ERROR", "request_id": "1-abc", **fields})


def about(number: int, object_type: str = "File") -> str:
    """The line of an item."""
    return line(object_type=object_type, url=url(number), reason="QueueNotExist: no such queue")


def test_an_item_becomes_a_record_of_the_backlog(world: World) -> None:
    assert redrive(world, PREFIX + about(1)).exit_code == 0
    assert world.backlog == [
        {
            "kind": "oss-cdn-refresh/backlog",
            "version": 1,
            "object_type": "File",
            "urls": [url(1)],
            "force": False,
            "attempts": 0,
            "reason": "QueueNotExist: no such queue",
            "first_seen": NOW,
            "changed_at": NOW,
            "history": [],
            "resubmissions": 0,
        }
    ]


def test_a_payload_goes_as_it_is(world: World) -> None:
    payload = event(record("a.jpg")).decode()
    redrive(world, line(payload=payload, reason="NoQueue"))
    assert bodies(world.smq.queue("backlog")) == [payload]


def test_what_the_function_itself_logs_is_read(world: World) -> None:
    """Both queues are missing: the function raises, and its log is all there is."""
    world.environ |= {"BACKLOG_QUEUE": "", "DEAD_LETTER_QUEUE": ""}
    with pytest.raises(Exception, match="could not be put anywhere"):
        world.invoke(b"what is this?")
    with pytest.raises(Exception, match="could not be put anywhere"):
        world.invoke(_refused_item())
    world.environ |= {"BACKLOG_QUEUE": "backlog", "DEAD_LETTER_QUEUE": "dead-letters"}
    assert redrive(world, *(PREFIX + logged for logged in world.logged)).exit_code == 0
    payload, item = bodies(world.smq.queue("backlog"))
    assert (payload, json.loads(item)["urls"]) == ("what is this?", ["https://other.example.org/a.jpg"])


def test_an_export_of_sls_has_the_line_as_a_field(world: World) -> None:
    redrive(world, json.dumps({"__time__": "1795319999", "message": PREFIX + about(1), "functionName": "refresh"}))
    assert [message["urls"] for message in world.backlog] == [[url(1)]]


def test_an_export_in_one_array_is_read_as_well(world: World) -> None:
    redrive(world, json.dumps([{"message": about(1)}, {"message": about(2)}]))
    assert [message["urls"] for message in world.backlog] == [[url(1)], [url(2)]]


def test_what_a_retry_of_the_platform_logged_again_goes_once(world: World) -> None:
    found = json.loads(redrive(world, about(1), about(2), about(1), words=("--json",)).stdout)
    assert (found["redriven"], found["duplicates"]) == (2, 1)
    assert [message["urls"] for message in world.backlog] == [[url(1)], [url(2)]]


def test_other_lines_are_skipped_and_counted(world: World) -> None:
    summary = json.dumps({"event": "summary", "message": "unaccounted"})
    result = redrive(world, "START", "{", "", summary, about(1), words=("--json",))
    assert (result.exit_code, json.loads(result.stdout)["other_lines"]) == (0, 4)


def test_a_shortened_payload_is_an_error_after_the_others_are_put_back(world: World) -> None:
    result = redrive(world, line(payload='{"events": [', reason="NoQueue", shortened=True), about(1))
    assert (result.exit_code, "1 line of the log too short" in result.stderr) == (2, True)
    assert [message["urls"] for message in world.backlog] == [[url(1)]]


def test_a_shortened_url_is_an_error_too(world: World) -> None:
    """It would refresh another one."""
    assert redrive(world, line(object_type="File", url=url(1), shortened=True)).exit_code == 2
    assert world.backlog == []


def test_a_line_that_tells_nothing_is_an_error(world: World) -> None:
    assert redrive(world, line(object_type="Regex", url=7)).exit_code == 2


def in_csv(text: str) -> str:
    """A field of CSV."""
    return '"' + text.replace('"', '""') + '"'


PAYLOAD = event(record('a "quoted".jpg')).decode()


@pytest.mark.parametrize("cut", [200, 400])
@pytest.mark.parametrize(
    "spelled",
    [
        lambda text: f"2026-11-22,{in_csv(text)},refresh",
        lambda text: text.replace('"', '""'),
        lambda text: f'  "message": {json.dumps(text)},',
        lambda text: f'  "content": {json.dumps(text)}}},',
        lambda text: json.dumps(text)[1:-1],
        lambda text: json.dumps({"content": text}),
        lambda text: in_csv(json.dumps({"message": text})),
        lambda text: f'  "row": {json.dumps(json.dumps({"message": text}))}',
    ],
    ids=["csv", "doubled", "pretty", "pretty and ended", "escaped", "another field", "json in csv", "json in json"],
)
def test_every_spelling_of_the_quotes_is_read_and_none_of_a_text_that_was_cut(
    world: World, spelled: Callable[[str], str], cut: int
) -> None:
    whole = PREFIX + line(reason="NoQueue", payload=PAYLOAD)
    result = redrive(world, spelled(whole), words=("--json",))
    assert (result.exit_code, bodies(world.smq.queue("backlog"))) == (0, [PAYLOAD])
    result = redrive(world, spelled(whole[:cut]), words=("--json",))
    assert (result.exit_code, json.loads(result.stdout)["broken"]) == (2, 1)
    assert len(world.backlog) == 1


def test_a_url_that_was_cut_is_not_refreshed(world: World) -> None:
    """It would be another one."""
    cut = (PREFIX + about(1234))[:-50]
    for exported in (json.dumps({"message": cut}), f'  "message": {json.dumps(cut)}}},', in_csv(cut) + "}"):
        assert redrive(world, exported).exit_code == 2
    assert world.backlog == []


@pytest.mark.parametrize(
    "broken",
    [
        (PREFIX + about(1))[:-3],
        'counted", "level": "ERROR", "event": "unaccounted", "object_type": "File"}',
        '  "event": "unaccounted",',
        json.dumps([{"message": about(2)}, {"message": about(3)}])[:-10],
    ],
    ids=["its end", "its beginning", "spread over lines", "an array"],
)
def test_a_line_that_was_cut_is_an_error_after_the_others_are_put_back(world: World, broken: str) -> None:
    result = redrive(world, "START", broken, about(1), words=("--reason", "QueueNotExist: no such queue"))
    assert (result.exit_code, "the first is line 2" in result.stderr) == (2, True)
    assert [url(1)] in [message["urls"] for message in world.backlog]


def test_what_the_handler_raised_is_no_line_that_cannot_be_read(world: World) -> None:
    raised = str(Unaccounted(1, ["NoQueue"]))
    answer = json.dumps({"errorMessage": raised, "errorType": "Unaccounted"})
    result = redrive(world, f"Unaccounted: {raised}", answer, json.dumps({"message": answer}), about(1))
    assert (result.exit_code, "3 lines" in result.stdout) == (0, True)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_log_in_utf_16_is_refused_with_what_to_do(world: World, encoding: str) -> None:
    command = ("dead-letters", "redrive", "--from-logs", "-", "--json")
    result = run(*command, environ=world.environ, clock=world.clock, stdin=(about(1) + "\n").encode(encoding))
    assert (result.exit_code, "save it as UTF-8" in result.stderr, world.backlog) == (2, True, [])


def test_the_lines_of_one_reason_can_be_chosen(world: World) -> None:
    redrive(world, about(1), line(object_type="File", url=url(2), reason="Timeout"), words=("--reason", "Timeout"))
    assert [message["urls"] for message in world.backlog] == [[url(2)]]


def test_a_dry_run_sends_nothing(world: World) -> None:
    result = redrive(world, about(1), words=("--dry-run",))
    assert (result.exit_code, "1 would be put back" in result.stdout, world.backlog) == (0, True, [])


def test_the_log_can_be_a_file(world: World, tmp_path: Path) -> None:
    file = tmp_path / "function.log"
    file.write_bytes(b"\xff\xfe not text\n" + about(1).encode() + b"\r\n")
    command = ("dead-letters", "redrive", "--from-logs", str(file))
    assert run(*command, environ=world.environ, clock=world.clock).exit_code == 0
    assert len(world.backlog) == 1


def test_a_file_that_is_not_there_is_an_error(world: World) -> None:
    command = ("dead-letters", "redrive", "--from-logs", "/nobody/wrote/this.log")
    result = run(*command, environ=world.environ, clock=world.clock)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


def test_ids_and_a_log_exclude_each_other(world: World) -> None:
    assert redrive(world, about(1), words=("--id", "A")).exit_code == 2


def test_sixteen_go_in_a_call_and_a_lost_answer_costs_another(world: World) -> None:
    world.smq.faults = Faults(Lost())
    redrive(world, *map(about, range(40)))
    assert {message["urls"][0] for message in world.backlog} == {url(number) for number in range(40)}
    assert len(world.smq.calls) == 4


def test_it_stops_where_the_backlog_refuses_everything(world: World) -> None:
    world.smq.faults = Faults(rule=lambda _request: Refusal(403, "AccessDenied"))
    result = redrive(world, *map(about, range(40)))
    assert (result.exit_code, "40 of 40 could not be put back" in result.stderr) == (2, True)
    assert len(world.smq.calls) == 1


def test_characters_that_no_xml_holds_arrive(world: World) -> None:
    """As Base64, which the function reads like the plain payload."""
    payload = '{"events": "\u0001\ud800"}'
    redrive(world, line(payload=payload))
    assert len(bodies(world.smq.queue("backlog"))) == 1


def _refused_item() -> list[dict[str, Any]]:
    """An item that the function will not submit: its host is in no configuration."""
    return [
        {
            "kind": "oss-cdn-refresh/backlog",
            "version": 1,
            "object_type": "File",
            "urls": ["https://other.example.org/a.jpg"],
            "force": False,
            "attempts": 0,
            "reason": "Batched",
            "first_seen": NOW,
            "changed_at": NOW,
            "history": [],
        }
    ]
