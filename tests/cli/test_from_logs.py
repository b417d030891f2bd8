"""`dead-letters redrive --from-logs` puts back the unaccounted items of the log."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command import run
from given_up import bodies, url
from world import World, event, record

from oss_cdn_refresh.model.errors import Unaccounted
from oss_cdn_refresh_box.wire.faults import Faults, Lost, Refusal

NOW = "2026-11-22T04:00:00Z"  # the world's
PREFIX = "2026-11-22T03:59:59.920Z 1-6921a0c0-0001 [ERROR] "


def redrive(world: World, *lines: str, words: tuple[str, ...] = ()) -> Result:
    """Run the command with these lines on stdin."""
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


def test_a_payload_is_put_back_unchanged(world: World) -> None:
    payload = event(record("a.jpg")).decode()
    redrive(world, line(payload=payload, reason="NoQueue"))
    assert bodies(world.smq.queue("backlog")) == [payload]


def test_a_line_that_the_function_logs_is_read(world: World) -> None:
    """Both queues are missing, so the function raises, and only its log has the items."""
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


def test_an_export_as_one_array_is_read(world: World) -> None:
    redrive(world, json.dumps([{"message": about(1)}, {"message": about(2)}]))
    assert [message["urls"] for message in world.backlog] == [[url(1)], [url(2)]]


def test_an_item_that_a_platform_retry_logs_again_is_put_back_once(world: World) -> None:
    found = json.loads(redrive(world, about(1), about(2), about(1), words=("--json",)).stdout)
    assert (found["redriven"], found["duplicates"]) == (2, 1)
    assert [message["urls"] for message in world.backlog] == [[url(1)], [url(2)]]


def test_other_lines_are_skipped_and_counted(world: World) -> None:
    summary = json.dumps({"event": "summary", "message": "unaccounted"})
    result = redrive(world, "START", "{", "", summary, about(1), words=("--json",))
    assert (result.exit_code, json.loads(result.stdout)["other_lines"]) == (0, 4)


def test_a_shortened_payload_is_an_error_after_the_others_are_put_back(world: World) -> None:
    result = redrive(world, line(payload='{"events": [', reason="NoQueue", shortened=True), about(1))
    assert (result.exit_code, "1 line of the log without" in result.stderr) == (2, True)
    assert [message["urls"] for message in world.backlog] == [[url(1)]]


def test_a_shortened_url_is_an_error(world: World) -> None:
    """A truncated URL is the URL of another object."""
    assert redrive(world, line(object_type="File", url=url(1), shortened=True)).exit_code == 2
    assert world.backlog == []


def test_a_line_without_url_and_payload_is_an_error(world: World) -> None:
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
def test_every_spelling_of_the_quotes_is_read_except_in_a_truncated_text(
    world: World, spelled: Callable[[str], str], cut: int
) -> None:
    whole = PREFIX + line(reason="NoQueue", payload=PAYLOAD)
    result = redrive(world, spelled(whole), words=("--json",))
    assert (result.exit_code, bodies(world.smq.queue("backlog"))) == (0, [PAYLOAD])
    result = redrive(world, spelled(whole[:cut]), words=("--json",))
    assert (result.exit_code, json.loads(result.stdout)["broken"]) == (2, 1)
    assert len(world.backlog) == 1


def test_a_truncated_url_is_not_refreshed(world: World) -> None:
    """A truncated text would be another URL."""
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
def test_a_truncated_line_is_an_error_after_the_others_are_put_back(world: World, broken: str) -> None:
    result = redrive(world, "START", broken, about(1), words=("--reason", "QueueNotExist: no such queue"))
    assert (result.exit_code, "the first is line 2" in result.stderr) == (2, True)
    assert [url(1)] in [message["urls"] for message in world.backlog]


def test_the_exception_of_the_handler_is_not_an_unreadable_line(world: World) -> None:
    raised = str(Unaccounted(1, ["NoQueue"]))
    answer = json.dumps({"errorMessage": raised, "errorType": "Unaccounted"})
    result = redrive(world, f"Unaccounted: {raised}", answer, json.dumps({"message": answer}), about(1))
    assert (result.exit_code, "3 lines" in result.stdout) == (0, True)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_log_in_utf_16_is_refused_with_its_remedy(world: World, encoding: str) -> None:
    command = ("dead-letters", "redrive", "--from-logs", "-", "--json")
    result = run(*command, environ=world.environ, clock=world.clock, stdin=(about(1) + "\n").encode(encoding))
    assert (result.exit_code, "save it as UTF-8" in result.stderr, world.backlog) == (2, True, [])


def test_lines_can_be_limited_to_one_reason(world: World) -> None:
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


def test_ids_and_a_log_together_are_refused(world: World) -> None:
    assert redrive(world, about(1), words=("--id", "A")).exit_code == 2


def test_a_call_sends_sixteen_messages_and_is_repeated_after_a_lost_answer(world: World) -> None:
    world.smq.faults = Faults(Lost())
    redrive(world, *map(about, range(40)))
    assert {message["urls"][0] for message in world.backlog} == {url(number) for number in range(40)}
    assert len(world.smq.calls) == 4


def test_it_stops_at_a_refusal_that_concerns_every_message(world: World) -> None:
    world.smq.faults = Faults(rule=lambda _request: Refusal(403, "AccessDenied"))
    result = redrive(world, *map(about, range(40)))
    assert (result.exit_code, "40 of 40 could not be put back" in result.stderr) == (2, True)
    assert len(world.smq.calls) == 1


def test_characters_that_xml_cannot_hold_arrive_unchanged(world: World) -> None:
    """They are sent as Base64, which the function reads like the plain payload."""
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
