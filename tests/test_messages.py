"""The messages that the function sends to SMQ: their format, and their length within SMQ's limit."""

import base64
import json
import math
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from world import NOON, an_item, backlog_record

from oss_cdn_refresh import events
from oss_cdn_refresh.events.message_format import BACKLOG, DEAD_LETTER
from oss_cdn_refresh.events.parts import Unreadable
from oss_cdn_refresh.model.history import History
from oss_cdn_refresh.model.item import DIRECTORY, FILE, Item
from oss_cdn_refresh.model.outcome import Outcome, Result
from oss_cdn_refresh.queueing.messages import Message, letters, record, unreadable

MOST = 65_536  # bytes of a request to SMQ
WWW = "https://www.example.com"
ITEM = an_item(FILE, f"{WWW}/a.jpg")
FAILED = Outcome((ITEM,), Result.DEFERRED, "Throttling", "slow down", "C0FFEE", failed=True)
SEEN = History(NOON - 3_600, changed_at=NOON - 3_660, attempts=1)


def sent(body: str) -> int:
    """The bytes of the largest request with a single message: a batch of one, with the longest delay."""
    before = (
        '<?xml version="1.0" encoding="utf-8"?><Messages xmlns="http://mns.aliyuncs.com/doc/v1/"><Message><MessageBody>'
    )
    after = "</MessageBody><DelaySeconds>604800</DelaySeconds></Message></Messages>"
    return len(f"{before}{escape(body, {chr(34): '&quot;'})}{after}".encode())


def no_constants(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def strictly(body: str) -> Any:
    """The value of standard JSON, without Python's extensions NaN and Infinity."""
    return json.loads(body, parse_constant=no_constants)


def many(count: int, length: int = 0) -> list[Item]:
    return [an_item(FILE, f"{WWW}/{number}{'x' * length}") for number in range(count)]


def written(kind: str = BACKLOG, outcome: Outcome = FAILED, history: History = SEEN) -> list[Message]:
    return list(letters(record(kind, outcome, history, NOON), outcome.items))


def returned(incoming: Any) -> list[Message]:
    """The messages after an incoming message has failed once more."""
    raw = incoming if isinstance(incoming, bytes) else json.dumps(incoming).encode()
    return [
        message
        for waiting in events.read(raw).waiting
        for message in written(outcome=FAILED._replace(items=waiting.items), history=waiting.history)
    ]


@contextmanager
def seconds(most: float) -> Iterator[None]:
    """Fail the test if the block does not end within `most` seconds."""

    def give_up(*_: Any) -> None:
        raise TimeoutError(f"it did not end within {most} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, most)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# The format


def test_a_message_of_the_backlog_has_every_field_that_the_next_invocation_needs() -> None:
    (message,) = written()
    assert strictly(message.body) == {
        "kind": "oss-cdn-refresh/backlog",
        "version": 1,
        "object_type": "File",
        "urls": ["https://www.example.com/a.jpg"],
        "force": False,
        "attempts": 2,
        "reason": "Throttling",
        "first_seen": "2026-11-22T03:00:00Z",
        "changed_at": "2026-11-22T02:59:00Z",
        "history": [{"at": "2026-11-22T04:00:00Z", "reason": "Throttling"}],
        "resubmissions": 0,
    }
    assert message.items == (ITEM,)


def test_a_dead_letter_has_the_cdns_message_request_id_and_time() -> None:
    (message,) = written(
        DEAD_LETTER, FAILED._replace(result=Result.DEAD_LETTERED, reason="InvalidDomain.Offline", failed=False)
    )
    assert strictly(message.body) == {
        "kind": "oss-cdn-refresh/dead-letter",
        "version": 1,
        "object_type": "File",
        "urls": ["https://www.example.com/a.jpg"],
        "force": False,
        "attempts": 1,
        "reason": "InvalidDomain.Offline",
        "first_seen": "2026-11-22T03:00:00Z",
        "changed_at": "2026-11-22T02:59:00Z",
        "history": [{"at": "2026-11-22T04:00:00Z", "reason": "InvalidDomain.Offline"}],
        "resubmissions": 0,
        "message": "slow down",
        "request_id": "C0FFEE",
        "failed_at": "2026-11-22T04:00:00Z",
    }


def test_the_dead_letter_of_a_record_holds_its_payload_instead_of_urls() -> None:
    (message,) = unreadable(Unreadable('{"x": 1}', "no kind of record"), NOON)
    assert strictly(message.body) == {
        "kind": "oss-cdn-refresh/dead-letter",
        "version": 1,
        "force": False,
        "attempts": 0,
        "reason": "UnreadableEvent",
        "first_seen": "2026-11-22T04:00:00Z",
        "changed_at": "2026-11-22T04:00:00Z",
        "history": [],
        "resubmissions": 0,
        "message": "no kind of record",
        "request_id": "",
        "failed_at": "2026-11-22T04:00:00Z",
        "payload": '{"x": 1}',
    }


def test_the_dead_letter_of_bytes_that_are_not_utf_8_is_marked_as_base64() -> None:
    (broken,) = events.read(b"\xff\xfe").unreadable
    (message,) = unreadable(broken, NOON)
    fields = strictly(message.body)
    assert (fields["payload_encoding"], base64.b64decode(fields["payload"])) == ("base64", b"\xff\xfe")


@pytest.mark.parametrize(("failed", "attempts"), [(True, 2), (False, 1)])
def test_only_a_transient_failure_of_a_sent_item_adds_an_attempt(failed: bool, attempts: int) -> None:
    (message,) = written(outcome=FAILED._replace(failed=failed))
    assert strictly(message.body)["attempts"] == attempts


def test_a_history_keeps_the_last_ten_refusals() -> None:
    entries = tuple({"at": f"2026-11-22T03:00:{number:02}Z", "reason": "x"} for number in range(10))
    (message,) = written(history=SEEN._replace(refusals=entries))
    assert strictly(message.body)["history"] == [*entries[1:], {"at": "2026-11-22T04:00:00Z", "reason": "Throttling"}]


@pytest.mark.parametrize(
    "item", [an_item(DIRECTORY, f"{WWW}/d/"), an_item(FILE, f"{WWW}/d/a")], ids=lambda item: item.type
)
def test_a_message_has_the_force_of_its_items(item: Item) -> None:
    outcome = FAILED._replace(items=(item,))
    assert strictly(written(outcome=outcome, history=SEEN._replace(force=True))[0].body)["force"] is True


def test_a_change_without_a_time_has_the_time_of_first_seen() -> None:
    (message,) = written(history=SEEN._replace(changed_at=None))
    assert strictly(message.body)["changed_at"] == "2026-11-22T03:00:00Z"


def test_unknown_fields_are_kept() -> None:
    (message,) = returned(backlog_record(f"{WWW}/a.jpg", owner="team 7", nested={"x": [1, None, "é"]}))
    fields = strictly(message.body)
    assert (fields["owner"], fields["nested"]) == ("team 7", {"x": [1, None, "é"]})


def test_unknown_fields_never_overwrite_known_fields() -> None:
    (message,) = written(history=SEEN._replace(kept={"kind": "theirs", "attempts": 99}))
    fields = strictly(message.body)
    assert (fields["kind"], fields["attempts"]) == (BACKLOG, 2)


def test_a_written_message_is_read_back_unchanged() -> None:
    (message,) = written(history=SEEN._replace(kept={"owner": "team 7"}))
    (waiting,) = events.read(message.body.encode()).waiting
    history = waiting.history
    assert waiting.items == (ITEM,)
    assert (history.first_seen, history.changed_at, history.attempts, history.kept) == (
        SEEN.first_seen,
        SEEN.changed_at,
        2,
        {"owner": "team 7"},
    )


def test_a_message_is_ascii_with_any_urls() -> None:
    (message,) = letters({"kind": BACKLOG}, [an_item(FILE, f"{WWW}/中\ud800\n\x00")])
    assert message.body.isascii()
    assert message.body.isprintable()
    assert json.loads(message.body)["urls"] == [f"{WWW}/中\ud800\n\x00"]


def test_a_message_has_the_delay() -> None:
    assert [message.delay for message in letters({}, many(3), 42)] == [42]


# The limit


def test_no_items_make_no_message() -> None:
    assert list(letters({"kind": BACKLOG}, [])) == []


def test_many_items_are_split_into_as_few_messages_as_possible() -> None:
    items = many(3_000, 100)
    found = list(letters(record(BACKLOG, FAILED, SEEN, NOON), items))
    assert [item for message in found for item in message.items] == items
    assert [url for message in found for url in strictly(message.body)["urls"]] == [item.url for item in items]
    assert max(sent(message.body) for message in found) <= MOST
    assert min(sent(message.body) for message in found[:-1]) > MOST - 200


@given(
    st.dictionaries(st.sampled_from(["history", "owner"]), st.integers(0, 80_000).map("y".__mul__)),
    st.lists(st.one_of(st.integers(0, 60), st.integers(2_000, 2_048)), min_size=1, max_size=60),
    st.sampled_from(["x", "é", "🙂", '"', "\n"]),
)
def test_no_message_is_too_long_for_smq_and_no_item_is_lost(
    fields: dict[str, str], lengths: list[int], character: str
) -> None:
    items = [an_item(FILE, f"{number}{character * length}") for number, length in enumerate(lengths)]
    found = list(letters({"kind": BACKLOG, **fields}, items))
    assert [item for message in found for item in message.items] == items
    assert [url for message in found for url in strictly(message.body)["urls"]] == [item.url for item in items]
    assert max(sent(message.body) for message in found) <= MOST


@pytest.mark.parametrize(
    "head", [100, 20_000, *range(31_480, 31_541, 10), *range(32_380, 32_541, 10), 32_768, 32_780, 40_000]
)
@pytest.mark.parametrize("url", [10, 2_048, 20_000, *range(32_360, 32_521, 20), 32_768, 60_000, 70_000])
def test_long_unknown_fields_and_a_long_url_never_make_a_message_too_long(head: int, url: int) -> None:
    incoming = backlog_record("u" * url, owner="y" * head)
    found = returned(incoming)
    found += [
        message
        for broken in events.read(json.dumps(incoming).encode()).unreadable
        for message in unreadable(broken, NOON)
    ]
    assert found
    assert max(sent(message.body) for message in found) <= MOST


@pytest.mark.parametrize("name", ["owner", "history"])
def test_huge_unknown_fields_do_not_displace_the_urls(name: str) -> None:
    huge = [{"at": "x", "reason": "y" * 70_000}] if name == "history" else "y" * 70_000
    (message,) = returned(backlog_record(f"{WWW}/a.jpg", **{name: huge}))
    assert sent(message.body) <= MOST
    assert strictly(message.body)["urls"] == [f"{WWW}/a.jpg"]


@pytest.mark.parametrize("name", ["reason", "message", "request_id"])
@pytest.mark.parametrize("character", ["x", "🙂", "\x00"])
def test_an_answer_of_the_cdn_of_any_length_fits_into_a_message(name: str, character: str) -> None:
    """A gateway between the function and the CDN may send any answer."""
    outcome = FAILED._replace(**{name: character * 70_000})
    for kind in (BACKLOG, DEAD_LETTER):
        for message in written(kind, outcome):
            assert sent(message.body) <= MOST
            assert strictly(message.body)["urls"] == [ITEM.url]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("field", ["owner", "history"])
def test_numbers_that_json_does_not_know_are_not_written(field: str, number: str) -> None:
    raw = json.dumps(backlog_record(f"{WWW}/a.jpg", **{field: [{"at": "HERE"}]})).replace('"HERE"', number)
    for message in returned(raw.encode()):
        assert strictly(message.body)["urls"] == [f"{WWW}/a.jpg"]


def test_an_extreme_number_of_attempts_is_written() -> None:
    raw = json.dumps(backlog_record(f"{WWW}/a.jpg", attempts="HERE")).replace('"HERE"', "9" * 4_300)
    assert len(returned(raw.encode())) == 1


# Large unreadable records, in parts


def parts(payload: bytes) -> list[dict[str, Any]]:
    (broken,) = events.read(payload).unreadable
    bodies = [message.body for message in unreadable(broken, NOON)]
    assert max(map(sent, bodies)) <= MOST
    return [strictly(body) for body in bodies]


def reassembled(found: list[dict[str, Any]]) -> bytes:
    payload = "".join(part["payload"] for part in found)
    return base64.b64decode(payload) if found[0].get("payload_encoding") else payload.encode()


@pytest.mark.parametrize(
    "payload",
    [
        b"x" * 200_000,
        "é🙂".encode() * 20_000,
        b'{"' * 60_000,
        b"\\" * 150_000,
        b"\n\x01" * 60_000,
        b"\xff" * 150_000,
        b"[" * 100_000,
    ],
    ids=["letters", "emoji", "quotes", "backslashes", "control characters", "binary", "brackets"],
)
def test_a_record_too_large_for_one_message_is_stored_in_numbered_parts(payload: bytes) -> None:
    found = parts(payload)
    assert [part["part"] for part in found] == list(range(1, len(found) + 1))
    assert {part["parts"] for part in found} == {len(found)}
    assert len(found) > 1
    assert reassembled(found) == payload


@given(st.integers(64_800, 65_536), st.sampled_from(["x", "é", "🙂", '"', "\x00"]))
def test_a_record_near_the_limit_is_stored_whole_or_in_parts_that_fit(length: int, character: str) -> None:
    broken = Unreadable(character * (length // (len(json.dumps(character)) - 2)), "why")
    bodies = [message.body for message in unreadable(broken, NOON)]
    assert max(map(sent, bodies)) <= MOST
    assert "".join(strictly(body)["payload"] for body in bodies) == broken.payload
    assert ("part" in strictly(bodies[0])) == (len(bodies) > 1)


def test_parts_of_binary_stay_base64() -> None:
    assert {part["payload_encoding"] for part in parts(b"\xff" * 100_000)} == {"base64"}


def test_a_small_record_is_not_numbered() -> None:
    (whole,) = parts(b"small")
    assert not {"part", "parts"} & whole.keys()


def full_parts() -> list[dict[str, Any]]:
    """Parts of a record, of which the last is as long as a message can be."""
    slack = MOST - sent(json.dumps(parts(b"{" + b"x" * 90_000)[-1]))
    candidates = (parts(b"{" + b"x" * (90_000 + slack - less)) for less in range(60))
    return max(candidates, key=lambda found: len(json.dumps(found[-1])))


def test_a_part_that_comes_back_keeps_its_number() -> None:
    """Without it, the parts of a record could not be joined again."""
    for part in [*parts(b"x" * 200_000), *full_parts()]:
        (broken,) = events.read(json.dumps(part).encode()).unreadable
        (again,) = [strictly(message.body) for message in unreadable(broken, NOON)]
        assert [again[name] for name in ("payload", "part", "parts")] == [
            part[name] for name in ("payload", "part", "parts")
        ]


@pytest.mark.parametrize("name", ["part", "parts", "owner", "message"])
@pytest.mark.parametrize("length", [64_800, 65_000, 65_100, 65_400, 70_000, 200_000])
def test_huge_fields_of_a_part_do_not_slow_down_the_function(name: str, length: int) -> None:
    incoming = {"kind": DEAD_LETTER, "payload": "the payload 🙂", "part": 1, "parts": 2, name: "y" * length}
    (broken,) = events.read(json.dumps(incoming).encode()).unreadable
    with seconds(2):
        bodies = [message.body for message in unreadable(broken, NOON)]
    assert max(map(sent, bodies)) <= MOST
    assert "".join(strictly(body)["payload"] for body in bodies) == "the payload 🙂"


def test_huge_unknown_fields_do_not_displace_the_payload() -> None:
    broken = Unreadable("the payload", "why", kept={"owner": "y" * 70_000})
    (message,) = unreadable(broken, NOON)
    assert sent(message.body) <= MOST
    assert strictly(message.body)["payload"] == "the payload"


def test_a_very_long_reason_is_cut() -> None:
    (message,) = unreadable(Unreadable("x", "y" * 100_000), NOON)
    assert sent(message.body) <= MOST


@pytest.mark.parametrize("payload", [b"x", b'"', b"&", b"<", b"\x01", "\U0001f642".encode(), b'{"a": "b & c"}, '])
def test_a_record_is_split_into_nearly_as_few_parts_as_possible(payload: bytes) -> None:
    """Each part has some 600 bytes besides its share of the payload."""
    text = payload * (1_000_000 // len(payload))
    least = sent(json.dumps(text.decode())) / MOST
    assert len(parts(text)) <= math.ceil(least * 1.04) + 1


def test_a_record_whose_characters_differ_in_length_is_split_into_few_parts() -> None:
    text = (b"x" * 40_000 + b'"' * 40_000 + "\U0001f642".encode() * 5_000) * 5
    least = sent(json.dumps(text.decode())) / MOST
    assert len(parts(text)) <= math.ceil(least * 1.3) + 1


def test_a_record_that_just_fits_is_one_message_and_one_byte_more_makes_parts() -> None:
    (empty,) = unreadable(Unreadable("", "why"), NOON)
    room = MOST - sent(empty.body)
    (whole,) = unreadable(Unreadable("x" * room, "why"), NOON)
    assert sent(whole.body) == MOST
    assert len(list(unreadable(Unreadable("x" * (room + 1), "why"), NOON))) == 2
