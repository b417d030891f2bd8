"""Large events are read by the fast reader, and give the same result as small events."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world import EVENTS, backlog_record, payload, record, url

from oss_cdn_refresh import events
from oss_cdn_refresh.events import LARGE, bulk
from oss_cdn_refresh.events.parts import Reading

PADDING = b" " * LARGE


def message(body: Any) -> dict[str, Any]:
    """A message of a queue trigger."""
    return {"requestId": "6921A0C1", "messageId": "B194", "messageBody": body}


def cloud_event(body: Any) -> dict[str, Any]:
    """A message of a queue trigger in a CloudEvent."""
    return {"id": "6921A0C0", "specversion": "1.0", "source": "changes", "data": message(body)}


def base64_of(text: str) -> str:
    return base64.b64encode(text.encode(errors="surrogatepass")).decode()


def parts(reading: Reading) -> list[list[str]]:
    """The content of a reading, without its order."""
    histories = [
        (waiting.items, waiting.history._replace(kept=dict(waiting.history.kept)), waiting.queued)
        for waiting in reading.waiting
    ]
    everything = reading.changes, histories, reading.unreadable, reading.confirmations
    return [sorted(map(repr, part)) for part in everything]


def assert_same(event: bytes) -> None:
    """Check that an event gives the same result in its small and in its large form."""
    assert parts(events.read(event + PADDING)) == parts(events.read(event))


@pytest.mark.parametrize("wrapped", [message, cloud_event])
@pytest.mark.parametrize("spelled", [str, base64_of])
@pytest.mark.parametrize("body", [{"events": [record("a.jpg"), record("b.jpg")]}, backlog_record(url("c.jpg"))])
def test_usual_messages_are_read_by_the_fast_reader(
    wrapped: Callable[[str], Any], spelled: Callable[[str], str], body: Any
) -> None:
    read = bulk.read(json.dumps([wrapped(spelled(json.dumps(body)))]).encode())
    assert read is not None
    assert (len(read.changes) + len(read.waiting), read.bodies) == (2 if "events" in body else 1, [])


@pytest.mark.parametrize("name", sorted(path.stem for path in EVENTS.glob("*.json")))
def test_every_payload_reads_the_same_in_its_large_form(name: str) -> None:
    raw = payload(name)
    large, small = events.read(raw + PADDING), events.read(raw)
    whole = [broken.payload.rstrip() for broken in large.unreadable]
    assert parts(large)[:2] == parts(small)[:2]
    assert whole == [broken.payload.rstrip() for broken in small.unreadable]


@pytest.mark.parametrize("name", sorted(path.stem for path in EVENTS.glob("*.json")))
@pytest.mark.parametrize("wrapped", [message, cloud_event])
@pytest.mark.parametrize("spelled", [str, base64_of])
def test_every_payload_reads_the_same_within_a_large_event(
    name: str, wrapped: Callable[[str], Any], spelled: Callable[[str], str]
) -> None:
    assert_same(json.dumps([wrapped(spelled(payload(name).decode()))]).encode())


UPLOAD = json.dumps({"events": [record("a.jpg")]})


@pytest.mark.parametrize(
    "entry",
    [
        message(json.dumps(backlog_record(url(), attempts=-1))),
        message(json.dumps(backlog_record(url(), attempts=True))),
        message(json.dumps(backlog_record(url(), attempts=1.0))),
        message(json.dumps(backlog_record(url(), attempts=10**9))),
        message(json.dumps(backlog_record(url(), version=2))),
        message(json.dumps(backlog_record(url(), version=1.0))),
        message(json.dumps(backlog_record(url(), owner="team 7"))),
        message(json.dumps(backlog_record(url(), events=[record()]))),
        message(json.dumps(backlog_record(url("b.jpg"), "HTTPS://WWW.Example.com/A.jpg", "x" * 2_049))),
        message(json.dumps(backlog_record(url(), "x" * 40_000))),
        message(json.dumps(backlog_record(url("d/"), object_type="Directory", force=True))),
        message(json.dumps(backlog_record(url(), object_type="file"))),
        message(json.dumps(backlog_record(url(), history=[{"at": "1", "reason": "x" * 501}] * 11))),
        message(json.dumps(backlog_record(url(), history=[{"at": "1", "reason": 7}]))),
        message(json.dumps(backlog_record(url(), first_seen="soon", changed_at=7))),
        message(json.dumps({"events": [record(), {}]})),
        message(json.dumps({"events": []})),
        message(json.dumps({"events": [record("k" * 9_999)]})),
        message(json.dumps({"events": [record("\u4e2d" * 3_334)]})),
        message(json.dumps({"events": [record("")]})),
        message(json.dumps({"events": [record("\ud800")]})),
        message(json.dumps({"events": [record(size=2**70, deltaSize=2**70)]})),
        message(json.dumps({"events": [record(size=float("nan"), deltaSize=10**400)]})),
        message(json.dumps({"events": [{**record(), "kind": "oss-cdn-refresh/backlog"}]})),
        message(json.dumps({"events": [{**record(), "requestPayload": None}]})),
        message(json.dumps({"events": [{**record(), "eventTime": 7}]})),
        message(json.dumps({"events": [record()], "version": 2})),
        message('{"events": [], ' + UPLOAD[1:]),
        message(UPLOAD[:-1]),
        message(" " + UPLOAD),
        message("\ufeff" + UPLOAD),
        message(base64_of(UPLOAD).rstrip("=")),
        message(base64_of(UPLOAD)[:40] + "\n" + base64_of(UPLOAD)[40:]),
        message(base64_of(UPLOAD) + "!!!!"),
        message(base64.b64encode(UPLOAD.encode().replace(b"cn-hangzhou", b"\xff")).decode()),
        message("1234"),
        message("hello"),
        message(""),
        message(None),
        message(json.loads(UPLOAD)),
        {**message(UPLOAD), "kind": "oss-cdn-refresh/backlog"},
        {**message(UPLOAD), "kind": None},
        {**message(UPLOAD), "requestPayload": None},
        {**message(UPLOAD), "oss": record()["oss"]},
        {**message(UPLOAD), "events": [record("other.jpg")]},
        {**message(UPLOAD), "data": message(json.dumps(backlog_record(url())))},
        {**cloud_event(UPLOAD), "kind": 1},
        {**cloud_event(UPLOAD), "data": json.dumps(message(UPLOAD))},
        {**cloud_event(UPLOAD), "data": {**message(UPLOAD), "requestPayload": "x"}},
        {**cloud_event(UPLOAD), "data": {"data": message(UPLOAD)}},
        cloud_event(None),
        record(),
        None,
        [message(UPLOAD)],
        json.loads(UPLOAD),
        backlog_record(url()),
    ],
    ids=lambda entry: json.dumps(entry)[:80],
)
def test_an_unusual_message_reads_the_same_in_a_large_event(entry: Any) -> None:
    assert_same(json.dumps([message(UPLOAD), entry]).encode())


def test_an_event_that_is_not_utf_8_reads_the_same_in_its_large_form() -> None:
    raw = json.dumps([message(UPLOAD)]).encode().replace(b"6921A0C1", b"\xff")
    assert [len(events.read(event).unreadable) for event in (raw, raw + PADDING)] == [1, 1]


odd = st.sampled_from(
    [
        None,
        True,
        False,
        "",
        "x",
        "\u00e9",
        "\ud800",
        "oss:",
        "2026-11-22T03:59:58.000Z",
        "https://www.example.com/\u00e9",
        "HTTPS://WWW.Example.com/A",
        "www.example.com",
        "k" * 2_501,
        "\u4e2d" * 3_000,
        0,
        -1,
        1,
        1.0,
        1.5,
        2**70,
        1e300,
        10**400,
        float("nan"),
        float("inf"),
        [],
        {},
        [{}],
        ["https://www.example.com/b", 7],
        [{"at": "x", "reason": "y"}],
        [{"at": "x", "reason": 7}],
        {"name": "my-site"},
        {"key": "a.jpg"},
        "oss-cdn-refresh/dead-letter",
    ]
)
FIELDS = (
    "kind",
    "version",
    "object_type",
    "urls",
    "force",
    "attempts",
    "reason",
    "first_seen",
    "changed_at",
    "history",
    "events",
    "oss",
    "eventName",
    "eventTime",
    "requestPayload",
    "responseElements",
    "payload",
    "messageBody",
    "Message",
    "body",
    "data",
    "specversion",
    "key",
    "size",
    "deltaSize",
    "name",
    "bucket",
    "object",
    "owner",
)
changed = st.dictionaries(st.sampled_from(FIELDS), odd, max_size=2)


def altered(value: Any, place: str, changes: dict[str, Any]) -> Any:
    """A copy with other fields in one of its objects."""
    if not isinstance(value, dict):
        return [altered(entry, place, changes) for entry in value] if isinstance(value, list) else value
    inside = {name: altered(entry, place, changes) for name, entry in value.items()}
    here = place in inside or (place == "top" and "kind" in inside)
    return {**inside, **changes} if here else inside


bodies = st.builds(
    altered,
    st.sampled_from([{"events": [record("a.jpg"), record("\u4e2d.jpg")]}, backlog_record(url("c.jpg"), url("d.jpg"))]),
    st.sampled_from(["events", "eventName", "key", "name", "bucket", "kind", "at"]),
    changed,
)
texts = st.one_of(
    st.builds(json.dumps, bodies, ensure_ascii=st.booleans()).filter(
        lambda text: text.encode(errors="ignore").decode() == text
    ),
    st.builds(json.dumps, bodies),
    st.sampled_from(
        ["", "{", "{}", "[]", "1234", "e30=", "e30", "\ufeff{}", " {} ", "\u00e9", '{"events": [}', "{'a'}"]
    ),
)
spoilt = st.sampled_from(
    [
        str,
        base64_of,
        lambda text: base64_of(text).rstrip("="),
        lambda text: base64_of(text) + "\n",
        lambda text: "\n" + base64_of(text),
        lambda text: base64_of(text)[:-4] + "!!!!",
        lambda text: base64_of(text) + "====",
        lambda text: base64.b64encode(text.encode(errors="surrogatepass") + b"\xff").decode(),
        lambda text: base64.urlsafe_b64encode(text.encode(errors="surrogatepass")).decode(),
    ]
)
spelled_texts = st.builds(lambda text, spell: spell(text), texts, spoilt)
entries = st.builds(
    lambda wrap, body, more: {**wrap(body), **more},
    st.sampled_from([message, cloud_event]),
    st.one_of(spelled_texts, bodies, odd),
    st.one_of(st.just({}), st.just({}), st.just({}), changed),
)


@settings(max_examples=5 * settings().max_examples)
@given(st.lists(st.one_of(st.builds(message, spelled_texts), entries), max_size=4))
def test_any_message_reads_the_same_in_a_large_event(messages: list[Any]) -> None:
    if messages:
        assert_same(json.dumps(messages).encode())
