"""The messages that the function leaves in SMQ: their format, and that none is longer than SMQ takes."""

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
    """How many bytes the largest request has in which a message is alone: a batch of one, with the longest delay."""
    before = (
        '<?xml version="1.0" encoding="utf-8"?><Messages xmlns="http://mns.aliyuncs.com/doc/v1/"><Message><MessageBody>'
    )
    after = "</MessageBody><DelaySeconds>604800</DelaySeconds></Message></Messages>"
    return len(f"{before}{escape(body, {chr(34): '&quot;'})}{after}".encode())


def no_constants(name: str) -> None:
    raise AssertionError(f"{name} is not JSON")


def strictly(body: str) -> Any:
    """Plain JSON: Python alone reads NaN and Infinity."""
    return json.loads(body, parse_constant=no_constants)


def many(count: int, length: int = 0) -> list[Item]:
    return [an_item(FILE, f"{WWW}/{number}{'x' * length}") for number in range(count)]


def written(kind: str = BACKLOG, outcome: Outcome = FAILED, history: History = SEEN) -> list[Message]:
    return list(letters(record(kind, outcome, history, NOON), outcome.items))


def returned(message: Any) -> list[Message]:
    """What becomes of a message that comes in and fails once more."""
    raw = message if isinstance(message, bytes) else json.dumps(message).encode()
    return [
        letter
        for waiting in events.read(raw).waiting
        for letter in written(outcome=FAILED._replace(items=waiting.items), history=waiting.history)
    ]


@contextmanager
def seconds(most: float) -> Iterator[None]:
    """Time enough for what ends at all; for what does not, a test that fails."""

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


def test_a_message_of_the_backlog_says_all_that_the_next_invocation_needs() -> None:
    (letter,) = written()
    assert strictly(letter.body) == {
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
    assert letter.items == (ITEM,)


def test_a_dead_letter_says_what_the_cdn_said_and_when_too() -> None:
    (letter,) = written(
        DEAD_LETTER, FAILED._replace(result=Result.DEAD_LETTERED, reason="InvalidDomain.Offline", failed=False)
    )
    assert strictly(letter.body) == {
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
    (letter,) = unreadable(Unreadable('{"x": 1}', "no kind of record"), NOON)
    assert strictly(letter.body) == {
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


def test_the_dead_letter_of_what_is_not_utf_8_says_that_it_is_base64() -> None:
    (broken,) = events.read(b"\xff\xfe").unreadable
    (letter,) = unreadable(broken, NOON)
    fields = strictly(letter.body)
    assert (fields["payload_encoding"], base64.b64decode(fields["payload"])) == ("base64", b"\xff\xfe")


@pytest.mark.parametrize(("failed", "attempts"), [(True, 2), (False, 1)])
def test_only_a_transient_failure_of_what_was_sent_adds_an_attempt(failed: bool, attempts: int) -> None:
    (letter,) = written(outcome=FAILED._replace(failed=failed))
    assert strictly(letter.body)["attempts"] == attempts


def test_a_history_keeps_the_last_ten_refusals() -> None:
    entries = tuple({"at": f"2026-11-22T03:00:{number:02}Z", "reason": "x"} for number in range(10))
    (letter,) = written(history=SEEN._replace(refusals=entries))
    assert strictly(letter.body)["history"] == [*entries[1:], {"at": "2026-11-22T04:00:00Z", "reason": "Throttling"}]


@pytest.mark.parametrize(
    "item", [an_item(DIRECTORY, f"{WWW}/d/"), an_item(FILE, f"{WWW}/d/a")], ids=lambda item: item.type
)
def test_force_is_written(item: Item) -> None:
    outcome = FAILED._replace(items=(item,))
    assert strictly(written(outcome=outcome, history=SEEN._replace(force=True))[0].body)["force"] is True


def test_a_change_without_a_time_counts_from_when_it_was_first_seen() -> None:
    (letter,) = written(history=SEEN._replace(changed_at=None))
    assert strictly(letter.body)["changed_at"] == "2026-11-22T03:00:00Z"


def test_unknown_fields_are_kept() -> None:
    (letter,) = returned(backlog_record(f"{WWW}/a.jpg", owner="team 7", nested={"x": [1, None, "é"]}))
    fields = strictly(letter.body)
    assert (fields["owner"], fields["nested"]) == ("team 7", {"x": [1, None, "é"]})


def test_fields_of_strangers_never_stand_in_for_ours() -> None:
    (letter,) = written(history=SEEN._replace(kept={"kind": "theirs", "attempts": 99}))
    fields = strictly(letter.body)
    assert (fields["kind"], fields["attempts"]) == (BACKLOG, 2)


def test_what_is_written_is_read_as_what_it_was() -> None:
    (letter,) = written(history=SEEN._replace(kept={"owner": "team 7"}))
    (waiting,) = events.read(letter.body.encode()).waiting
    history = waiting.history
    assert waiting.items == (ITEM,)
    assert (history.first_seen, history.changed_at, history.attempts, history.kept) == (
        SEEN.first_seen,
        SEEN.changed_at,
        2,
        {"owner": "team 7"},
    )


def test_a_letter_is_ascii_whatever_its_urls() -> None:
    (letter,) = letters({"kind": BACKLOG}, [an_item(FILE, f"{WWW}/中\ud800\n\x00")])
    assert letter.body.isascii()
    assert letter.body.isprintable()
    assert json.loads(letter.body)["urls"] == [f"{WWW}/中\ud800\n\x00"]


def test_a_letter_carries_the_delay() -> None:
    assert [letter.delay for letter in letters({}, many(3), 42)] == [42]


# The limit


def test_no_items_are_no_letters() -> None:
    assert list(letters({"kind": BACKLOG}, [])) == []


def test_many_items_are_split_into_as_few_letters_as_fit() -> None:
    items = many(3_000, 100)
    found = list(letters(record(BACKLOG, FAILED, SEEN, NOON), items))
    assert [item for letter in found for item in letter.items] == items
    assert [url for letter in found for url in strictly(letter.body)["urls"]] == [item.url for item in items]
    assert max(sent(letter.body) for letter in found) <= MOST
    assert min(sent(letter.body) for letter in found[:-1]) > MOST - 200


@given(
    st.dictionaries(st.sampled_from(["history", "owner"]), st.integers(0, 80_000).map("y".__mul__)),
    st.lists(st.one_of(st.integers(0, 60), st.integers(2_000, 2_048)), min_size=1, max_size=60),
    st.sampled_from(["x", "é", "🙂", '"', "\n"]),
)
def test_no_letter_is_longer_than_smq_takes_and_no_item_is_lost(
    fields: dict[str, str], lengths: list[int], character: str
) -> None:
    items = [an_item(FILE, f"{number}{character * length}") for number, length in enumerate(lengths)]
    found = list(letters({"kind": BACKLOG, **fields}, items))
    assert [item for letter in found for item in letter.items] == items
    assert [url for letter in found for url in strictly(letter.body)["urls"]] == [item.url for item in items]
    assert max(sent(letter.body) for letter in found) <= MOST


@pytest.mark.parametrize(
    "head", [100, 20_000, *range(31_480, 31_541, 10), *range(32_380, 32_541, 10), 32_768, 32_780, 40_000]
)
@pytest.mark.parametrize("url", [10, 2_048, 20_000, *range(32_360, 32_521, 20), 32_768, 60_000, 70_000])
def test_long_fields_of_strangers_and_a_long_url_never_make_a_letter_too_long(head: int, url: int) -> None:
    message = backlog_record("u" * url, owner="y" * head)
    found = returned(message)
    found += [
        letter for broken in events.read(json.dumps(message).encode()).unreadable for letter in unreadable(broken, NOON)
    ]
    assert found
    assert max(sent(letter.body) for letter in found) <= MOST


@pytest.mark.parametrize("name", ["owner", "history"])
def test_huge_fields_of_strangers_do_not_crowd_out_the_urls(name: str) -> None:
    huge = [{"at": "x", "reason": "y" * 70_000}] if name == "history" else "y" * 70_000
    (letter,) = returned(backlog_record(f"{WWW}/a.jpg", **{name: huge}))
    assert sent(letter.body) <= MOST
    assert strictly(letter.body)["urls"] == [f"{WWW}/a.jpg"]


@pytest.mark.parametrize("name", ["reason", "message", "request_id"])
@pytest.mark.parametrize("character", ["x", "🙂", "\x00"])
def test_an_answer_of_the_cdn_of_any_length_fits_into_a_letter(name: str, character: str) -> None:
    """Whatever stands between us and the CDN may answer anything."""
    outcome = FAILED._replace(**{name: character * 70_000})
    for kind in (BACKLOG, DEAD_LETTER):
        for letter in written(kind, outcome):
            assert sent(letter.body) <= MOST
            assert strictly(letter.body)["urls"] == [ITEM.url]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
@pytest.mark.parametrize("field", ["owner", "history"])
def test_numbers_that_json_does_not_know_are_not_written(field: str, number: str) -> None:
    raw = json.dumps(backlog_record(f"{WWW}/a.jpg", **{field: [{"at": "HERE"}]})).replace('"HERE"', number)
    for letter in returned(raw.encode()):
        assert strictly(letter.body)["urls"] == [f"{WWW}/a.jpg"]


def test_an_absurd_count_of_attempts_is_no_obstacle() -> None:
    raw = json.dumps(backlog_record(f"{WWW}/a.jpg", attempts="HERE")).replace('"HERE"', "9" * 4_300)
    assert len(returned(raw.encode())) == 1


# Records that cannot be read, in parts


def parts(payload: bytes) -> list[dict[str, Any]]:
    (broken,) = events.read(payload).unreadable
    bodies = [letter.body for letter in unreadable(broken, NOON)]
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
def test_a_record_too_large_for_one_letter_is_put_away_in_numbered_parts(payload: bytes) -> None:
    found = parts(payload)
    assert [part["part"] for part in found] == list(range(1, len(found) + 1))
    assert {part["parts"] for part in found} == {len(found)}
    assert len(found) > 1
    assert reassembled(found) == payload


@given(st.integers(64_800, 65_536), st.sampled_from(["x", "é", "🙂", '"', "\x00"]))
def test_around_the_limit_a_record_is_whole_or_in_parts_and_never_too_long(length: int, character: str) -> None:
    broken = Unreadable(character * (length // (len(json.dumps(character)) - 2)), "why")
    bodies = [letter.body for letter in unreadable(broken, NOON)]
    assert max(map(sent, bodies)) <= MOST
    assert "".join(strictly(body)["payload"] for body in bodies) == broken.payload
    assert ("part" in strictly(bodies[0])) == (len(bodies) > 1)


def test_parts_of_binary_stay_base64() -> None:
    assert {part["payload_encoding"] for part in parts(b"\xff" * 100_000)} == {"base64"}


def test_a_small_record_is_not_numbered() -> None:
    (whole,) = parts(b"small")
    assert not {"part", "parts"} & whole.keys()


def full_parts() -> list[dict[str, Any]]:
    """Parts of a record, of which the last is as long as a letter can be."""
    slack = MOST - sent(json.dumps(parts(b"{" + b"x" * 90_000)[-1]))
    candidates = (parts(b"{" + b"x" * (90_000 + slack - less)) for less in range(60))
    return max(candidates, key=lambda found: len(json.dumps(found[-1])))


def test_a_part_that_comes_back_stays_the_part_that_it_was() -> None:
    """Else the parts of one record could not be put together any more."""
    for part in [*parts(b"x" * 200_000), *full_parts()]:
        (broken,) = events.read(json.dumps(part).encode()).unreadable
        (again,) = [strictly(letter.body) for letter in unreadable(broken, NOON)]
        assert [again[name] for name in ("payload", "part", "parts")] == [
            part[name] for name in ("payload", "part", "parts")
        ]


@pytest.mark.parametrize("name", ["part", "parts", "owner", "message"])
@pytest.mark.parametrize("length", [64_800, 65_000, 65_100, 65_400, 70_000, 200_000])
def test_huge_fields_of_a_part_do_not_keep_the_function_busy_for_ever(name: str, length: int) -> None:
    message = {"kind": DEAD_LETTER, "payload": "the payload 🙂", "part": 1, "parts": 2, name: "y" * length}
    (broken,) = events.read(json.dumps(message).encode()).unreadable
    with seconds(2):
        bodies = [letter.body for letter in unreadable(broken, NOON)]
    assert max(map(sent, bodies)) <= MOST
    assert "".join(strictly(body)["payload"] for body in bodies) == "the payload 🙂"


def test_huge_fields_of_strangers_do_not_crowd_out_the_payload() -> None:
    broken = Unreadable("the payload", "why", kept={"owner": "y" * 70_000})
    (letter,) = unreadable(broken, NOON)
    assert sent(letter.body) <= MOST
    assert strictly(letter.body)["payload"] == "the payload"


def test_an_endless_reason_is_cut() -> None:
    (letter,) = unreadable(Unreadable("x", "y" * 100_000), NOON)
    assert sent(letter.body) <= MOST


@pytest.mark.parametrize("payload", [b"x", b'"', b"&", b"<", b"\x01", "\U0001f642".encode(), b'{"a": "b & c"}, '])
def test_parts_are_nearly_as_few_as_fit(payload: bytes) -> None:
    """A part says some 600 bytes of its own."""
    text = payload * (1_000_000 // len(payload))
    least = sent(json.dumps(text.decode())) / MOST
    assert len(parts(text)) <= math.ceil(least * 1.04) + 1


def test_a_record_whose_characters_differ_in_length_is_split_into_few_parts() -> None:
    text = (b"x" * 40_000 + b'"' * 40_000 + "\U0001f642".encode() * 5_000) * 5
    least = sent(json.dumps(text.decode())) / MOST
    assert len(parts(text)) <= math.ceil(least * 1.3) + 1


def test_a_record_that_just_fits_is_one_letter_and_one_byte_more_makes_parts() -> None:
    (empty,) = unreadable(Unreadable("", "why"), NOON)
    room = MOST - sent(empty.body)
    (whole,) = unreadable(Unreadable("x" * room, "why"), NOON)
    assert sent(whole.body) == MOST
    assert len(list(unreadable(Unreadable("x" * (room + 1), "why"), NOON))) == 2
