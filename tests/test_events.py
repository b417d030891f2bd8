"""Payloads of every real format, in every envelope, and invalid payloads."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from world import EVENTS, World, an_item, backlog_record, event, payload, record

from oss_cdn_refresh import events
from oss_cdn_refresh.events import Reading
from oss_cdn_refresh.events.change import REFRESHING, WITHOUT_EFFECT, epoch

PUT = "ObjectCreated:PutObject"
A, B, C = ("a.jpg", PUT), ("css/site.css", PUT), ("js/site.js", PUT)
WWW = "https://www.example.com"


class Held(NamedTuple):
    """The content of a payload: `(key, event)` of each change, the deferred items, the number of unreadable records."""

    changes: list[tuple[str, str]] = []  # noqa: RUF012 - never changed
    waiting: list[tuple[str, str]] = []  # noqa: RUF012
    unreadable: int = 0


def file(path: str) -> tuple[str, str]:
    return "File", WWW + path


HOLDS = {
    "native_put": Held([A]),
    "native_put_with_metadata": Held([("docs/guide.pdf", PUT)]),
    "native_put_new_object": Held([("new.txt", PUT)]),
    "native_post_same_size_overwrite": Held([("img/logo.png", "ObjectCreated:PostObject")]),
    "native_append": Held([("log/today.log", "ObjectCreated:AppendObject")]),
    "native_complete_multipart_upload": Held([("video/film.mp4", "ObjectCreated:CompleteMultipartUpload")]),
    "native_delete": Held([("old/page.html", "ObjectRemoved:DeleteObject")]),
    "native_delete_objects": Held([(f"old/{number}.html", "ObjectRemoved:DeleteObjects") for number in (1, 2, 3)]),
    "native_update_metadata": Held([("a.jpg", "ObjectModified:UpdateObjectMeta")]),
    "native_special_keys": Held(
        [
            ("图片/名 字.jpg", PUT),
            ("a+b c&d?e#f=g.txt", PUT),
            ("100%25 sure.json", PUT),
            ("line\nbreak", PUT),
            ("/leading//double/", PUT),
            ('🙂é"\\.svg', PUT),
        ]
    ),
    "native_several": Held([A, B, C, A]),
    "notification": Held([A]),
    "notification_fields_inside_oss": Held([("photo.jpg", "ObjectDownloaded:GetObject"), ("photo.jpg", PUT)]),
    "eventbridge_cloud_event": Held([A]),
    "eventbridge_cloud_event_array": Held([A, B]),
    "eventbridge_raw_data": Held([A]),
    "eventbridge_raw_data_array": Held([A, B]),
    "queue_cloud_events": Held([A, B]),
    "queue_cloud_events_base64": Held([A, B]),
    "queue_raw_data": Held([A, B]),
    "queue_single_base64": Held([("图片.jpg", PUT)]),
    "queue_single_raw_data": Held([A]),
    "topic_json": Held([A]),
    "topic_json_base64": Held([A]),
    "topic_json_with_attributes": Held([A]),
    "topic_stream_with_attributes": Held([A]),
    "topic_stream_with_attributes_base64": Held([A]),
    "destination_timeout": Held([A]),
    "destination_exception": Held([A, B]),
    "destination_of_a_queue_trigger": Held([A]),
    "destination_eventbridge": Held([A]),
    "destination_in_the_queue": Held([A]),
    "backlog": Held([], [file("/a.jpg"), file("/b.jpg")]),
    "backlog_directory_forced": Held([], [("Directory", f"{WWW}/d/")]),
    "backlog_in_the_queue": Held([], [file("/a.jpg"), ("IgnoreParams", f"{WWW}/c.jpg")]),
    "backlog_with_unknown_fields": Held([], [file("/a.jpg")]),
    "dead_letter": Held([], [file("/bad%2"), file("/worse")]),
    "dead_letter_in_the_queue": Held([], [file("/bad%2")]),
    "dead_letter_of_a_readable_payload": Held([A]),
    "dead_letter_of_a_base64_payload": Held([B]),
    "mixed": Held([A, B, C, ("d.jpg", PUT), ("e.jpg", PUT), ("f.jpg", PUT)], [file("/waiting.jpg")]),
    "mixed_with_broken": Held([A, B, C], [], 7),
    "nothing_array": Held(),
    "nothing_events": Held(),
    "unreadable_cdn_trigger": Held(unreadable=1),
    "unreadable_queue_texts": Held(unreadable=2),
    "unreadable_queue_empty_body": Held(unreadable=1),
    "unreadable_topic_text": Held(unreadable=1),
    "unreadable_destination_without_payload": Held(unreadable=1),
    "unreadable_foreign_cloud_event": Held(unreadable=1),
    "unreadable_function_error": Held(unreadable=1),
    "unreadable_notification_status": Held(unreadable=1),
    "unreadable_timer": Held(unreadable=1),
    "unreadable_dead_letter_part": Held(unreadable=1),
    "unreadable_unknown_kind": Held(unreadable=1),
    "unreadable_unknown_version": Held(unreadable=1),
}


def held(raw: bytes) -> Held:
    reading = events.read(raw)
    return Held(
        [(change.key, change.event) for change in reading.changes],
        [(item.type, item.url) for waiting in reading.waiting for item in waiting.items],
        len(reading.unreadable),
    )


@pytest.mark.parametrize("name", sorted(HOLDS))
def test_a_payload_yields_exactly_its_changes_and_items(name: str) -> None:
    assert held(payload(name)) == HOLDS[name]


def test_every_payload_in_the_folder_is_tested() -> None:
    assert {path.stem for path in EVENTS.glob("*.json")} == set(HOLDS)


@pytest.mark.parametrize("name", [name for name, holds in HOLDS.items() if holds.changes])
def test_the_bucket_of_every_change_is_read(name: str) -> None:
    assert {change.bucket for change in events.read(payload(name)).changes} == {"my-site"}


@pytest.mark.parametrize("name", [name for name, holds in HOLDS.items() if holds.changes])
def test_the_time_of_every_change_is_read(name: str) -> None:
    assert {change.at for change in events.read(payload(name)).changes} == {1_795_319_998.0}


def test_the_subject_of_a_cloud_event_is_never_read() -> None:
    (change,) = events.read(payload("eventbridge_cloud_event")).changes
    assert change.key == "a.jpg"
    assert "not-this-one.txt" in payload("eventbridge_cloud_event").decode()


def test_a_cloud_event_without_data_is_unreadable_with_any_subject() -> None:
    value = json.loads(payload("eventbridge_cloud_event"))
    del value["data"]
    assert held(json.dumps(value).encode()) == Held(unreadable=1)


def test_the_sizes_of_a_change_are_read() -> None:
    (change,) = events.read(payload("native_post_same_size_overwrite")).changes
    assert (change.size, change.delta) == (7321, 0)


def test_an_event_name_with_its_prefix_is_the_same_event() -> None:
    assert held(event(record(event="oss:ObjectCreated:PutObject"))) == Held([A])


@pytest.mark.parametrize("name", ["ObjectRemoved:AbortMultipartUpload", "ObjectRestore:FinishRestore"])
@pytest.mark.parametrize("prefix", ["", "oss:"])
def test_a_cloud_event_of_type_and_name_without_effect_is_known(name: str, prefix: str) -> None:
    value = json.loads(payload("eventbridge_cloud_event"))
    value["type"], value["data"]["eventName"] = f"oss:{name}", prefix + name
    (change,) = events.read(json.dumps(value).encode()).changes
    assert (change.event, change.known, change.refreshes) == (name, True, False)


# Envelopes


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def encoded(value: Any) -> str:
    return base64.b64encode(dumped(value).encode()).decode()


def url_safe(value: Any) -> str:
    return base64.urlsafe_b64encode(dumped(value).encode()).decode().rstrip("=")


def wrapped(encoded_text: str) -> str:
    """Base64 in lines, the format of e-mail and of many tools."""
    return "\n".join(encoded_text[start : start + 76] for start in range(0, len(encoded_text), 76))


BODIES: dict[str, Callable[[Any], str]] = {
    "plain": dumped,
    "ascii": json.dumps,
    "byte order mark": lambda value: "\ufeff" + dumped(value),
    "white space around": lambda value: f" \r\n{dumped(value)}\n",
    "base64": encoded,
    "unpadded base64": lambda value: encoded(value).rstrip("="),
    "url-safe base64": url_safe,
    "base64 in lines": lambda value: wrapped(encoded(value)),
    "base64 of a byte order mark": lambda value: base64.b64encode(b"\xef\xbb\xbf" + dumped(value).encode()).decode(),
}
ENVELOPES: dict[str, Callable[[Any, Callable[[Any], str]], Any]] = {
    "cloud event": lambda value, _: {"specversion": "1.0", "data": value, "subject": "acs:oss:x:1:other/key"},
    "cloud event of a text": lambda value, text: {"specversion": "1.0", "data": text(value)},
    "queue message": lambda value, text: {"messageId": "1", "messageBody": text(value)},
    "queue cloud event": lambda value, text: {"specversion": "1.0", "data": {"messageBody": text(value)}},
    "topic message": lambda value, text: {"TopicName": "t", "Message": text(value), "colour": "red"},
    "topic stream": lambda value, text: {"body": text(value), "attrs": {}},
    "failure destination": lambda value, _: {
        "requestContext": {},
        "requestPayload": dumped(value),
        "responsePayload": "",
    },
    "unreadable dead letter": lambda value, _: {
        "kind": "oss-cdn-refresh/dead-letter",
        "version": 1,
        "reason": "UnreadableEvent",
        "payload": dumped(value),
    },
    "dead letter in base64": lambda value, _: {
        "kind": "oss-cdn-refresh/dead-letter",
        "payload": encoded(value),
        "payload_encoding": "base64",
    },
}


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("envelope", ENVELOPES)
def test_a_change_is_found_in_every_envelope_and_encoding(envelope: str, body: str) -> None:
    value = ENVELOPES[envelope]({"events": [record("图 片.jpg")]}, BODIES[body])
    assert held(dumped(value).encode()) == Held([("图 片.jpg", PUT)])


@pytest.mark.parametrize("body", BODIES)
def test_an_event_may_be_a_bare_body(body: str) -> None:
    """A topic trigger in the stream format without attributes sends only the body."""
    assert held(BODIES[body]({"events": [record()]}).encode()) == Held([A])


keys = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
NO_UTF_8 = record(key="\ud800")
BROKEN = [
    {},
    None,
    7,
    1.5,
    True,
    "",
    "TEST",
    "bm90IGpzb24",
    [],
    {"oss": {}},
    {"oss": []},
    {"events": []},
    {"events": 1},
    {"data": {}},
    {"messageBody": ""},
    {"messageBody": "TEST"},
    {"Message": None},
    {"body": 0},
    {"requestPayload": ""},
    {"kind": "oss-cdn-refresh/backlog"},
    {"kind": "oss-cdn-refresh/backlog", "object_type": "File", "urls": []},
    {"kind": "oss-cdn-refresh/dead-letter", "payload": 7},
    record(key=""),
    record(key=None),
    NO_UTF_8,
    record(bucket=""),
    record(bucket=["my-site"]),
    record(event=None),
]


@st.composite
def wrappings(draw: st.DrawFn, levels: int = 3) -> tuple[Any, list[str], int]:
    """A value, the keys of the changes in it in their order, and the number of broken records in it."""
    kind = draw(st.sampled_from(["record", "native", "broken"] + (["array", "envelope"] * 2 if levels else [])))
    if kind == "broken":
        return draw(st.sampled_from([value for value in BROKEN if value != NO_UTF_8])), [], 1
    if kind in ("record", "native"):
        key = draw(keys)
        return record(key) if kind == "record" else {"events": [record(key)]}, [key], 0
    if kind == "envelope":
        value, inside, broken = draw(wrappings(levels - 1))
        envelope, body = draw(st.sampled_from(list(ENVELOPES.values()))), draw(st.sampled_from(list(BODIES.values())))
        return envelope(value, body), inside, broken
    parts = draw(st.lists(wrappings(levels - 1), min_size=1, max_size=4))
    return [part[0] for part in parts], [key for part in parts for key in part[1]], sum(part[2] for part in parts)


@given(wrappings())
@example(([], [], 0))
def test_every_envelope_yields_the_same_changes_beside_a_broken_record(
    wrapping: tuple[Any, list[str], int],
) -> None:
    value, inside, broken = wrapping
    nothing = value in ([], {"events": []})  # valid only as the whole event
    reading = events.read(json.dumps(value).encode())
    assert [change.key for change in reading.changes] == inside
    assert len(reading.unreadable) == (0 if nothing else broken)


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("broken", BROKEN, ids=lambda value: json.dumps(value)[:40])
def test_a_broken_record_beside_good_ones_is_unreadable_alone(broken: Any, position: int) -> None:
    records = [record("a"), record("b")]
    records.insert(position, broken)
    assert held(json.dumps(records).encode()) == Held([("a", PUT), ("b", PUT)], [], 1)
    assert held(event(*records)) == Held([("a", PUT), ("b", PUT)], [], 1)


# Unreadable records


def only_unreadable(raw: bytes) -> Any:
    reading = events.read(raw)
    assert (reading.changes, reading.waiting) == ([], [])
    (broken,) = reading.unreadable
    return broken


NO_JSON = {
    "empty": b"",
    "white space": b" \n",
    "a word": b"hello",
    "truncated": b'{"events": [{"eventName"',
    "two values": b"{} {}",
    "a byte order mark alone": b"\xef\xbb\xbf",
    "a lone surrogate in Base64": base64.b64encode(b"\xed\xa0\x80"),
    "text in Base64": base64.b64encode(b"just a text"),
    "one character": b"A",
    "thousands of brackets": b"[" * 100_000,
    "thousands of objects": b'{"a":' * 100_000,
    "thousands of brackets that close": b"[" * 100_000 + b"]" * 100_000,
    "a number of 5,000 digits": b"9" * 5_000,
    "such a number inside": b'{"events": [' + b"9" * 5_000 + b"]}",
}


@pytest.mark.parametrize("raw", NO_JSON.values(), ids=NO_JSON)
def test_an_event_that_is_not_json_is_one_unreadable_record_with_the_original_bytes(raw: bytes) -> None:
    broken = only_unreadable(raw)
    assert (broken.payload.encode(), broken.encoding) == (raw, "")


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe\x00", b"\x80", '{"events": []}'.encode("utf-16"), b'{"events": [{"x": "\xe4"}]}'], ids=repr
)
def test_bytes_that_are_not_utf_8_are_kept_in_base64(raw: bytes) -> None:
    broken = only_unreadable(raw)
    assert (base64.b64decode(broken.payload), broken.encoding) == (raw, "base64")


@pytest.mark.parametrize(
    "raw", [b"null", b"7", b"1.5", b"true", b"NaN", b"-Infinity", b'""', b'"text"', b"{}", b"[[]]"]
)
def test_json_without_a_record_yields_one_unreadable_record(raw: bytes) -> None:
    assert len(events.read(raw).unreadable) == 1


@pytest.mark.parametrize("raw", [b"[]", b'{"events": []}', b" [ ] ", b'\xef\xbb\xbf{"events":[]}'], ids=repr)
def test_an_empty_array_and_an_empty_events_list_yield_nothing(raw: bytes) -> None:
    assert events.read(raw) == Reading([], [], [], [])


@pytest.mark.parametrize(
    ("value", "smallest"),
    [
        ([record(), 7], 7),
        ({"events": [record(), {"x": 1}]}, {"x": 1}),
        ({"specversion": "1.0", "data": {"name": "test"}}, {"name": "test"}),
        ([{"data": {"messageBody": dumped({"events": [record(key=5), record()]})}}], record(key=5)),
        ({"requestPayload": encoded([record(), {"y": 2}])}, {"y": 2}),
        ({"messageBody": dumped([[[{"z": 3}]]])}, {"z": 3}),
    ],
    ids=["array", "native", "cloud event", "queue message", "destination in Base64", "arrays in arrays"],
)
def test_the_payload_of_an_unreadable_record_is_its_smallest_broken_part(value: Any, smallest: Any) -> None:
    (broken,) = events.read(json.dumps(value).encode()).unreadable
    assert json.loads(broken.payload) == smallest


def test_a_body_without_a_record_is_kept_as_its_original_text() -> None:
    (broken,) = events.read(payload("unreadable_topic_text")).unreadable
    assert broken.payload == "hello there"


def test_every_unreadable_record_says_why() -> None:
    for name in HOLDS:
        assert all(broken.why for broken in events.read(payload(name)).unreadable)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(st.characters(), max_size=8),  # also lone surrogates
    st.sampled_from(["File", "2026-11-22T03:59:58Z", "oss-cdn-refresh/backlog", "a.jpg", 10**400, -(2**63)]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["events", "oss", "data", "messageBody", "Message", "body", "requestPayload", "kind", "urls", "x"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


def texts_of(reading: Reading) -> Iterator[str]:
    yield from (broken.payload for broken in reading.unreadable)
    yield from (broken.why for broken in reading.unreadable)
    yield from (broken.encoding for broken in reading.unreadable)


@given(st.one_of(values.map(lambda value: json.dumps(value).encode()), st.binary(max_size=40)))
def test_reading_never_raises_and_never_drops_an_event(raw: bytes) -> None:
    reading = events.read(raw)
    assert all(isinstance(text, str) for text in texts_of(reading))
    if not any(reading):
        assert json.loads(raw) in ([], {"events": []})


TEMPLATES = {
    name: json.loads(payload(name))
    for name in (
        "native_put",
        "queue_cloud_events",
        "destination_eventbridge",
        "backlog",
        "dead_letter_of_a_base64_payload",
    )
}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of each value inside a value."""
    if path:
        yield path
    for key, entry in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(entry, (*path, key))


PLACES = [(name, path) for name, value in TEMPLATES.items() for path in places(value)]
MISSING = object()


@given(st.sampled_from(PLACES), st.one_of(st.just(MISSING), values))
def test_wrong_types_and_missing_fields_make_unreadable_records(place: tuple[str, tuple[Any, ...]], wrong: Any) -> None:
    name, path = place
    value = inside = json.loads(json.dumps(TEMPLATES[name]))
    for step in path[:-1]:
        inside = inside[step]
    if wrong is MISSING:
        del inside[path[-1]]
    else:
        inside[path[-1]] = wrong
    reading = events.read(json.dumps(value).encode())
    assert any(reading) or value in ([], {"events": []})


@pytest.mark.parametrize("field", ["key", "bucket"])
@pytest.mark.parametrize("wrong", ["", None, 7, True, [], {}, ["a"], "\ud800", "a\udfff"], ids=ascii)
def test_a_key_or_bucket_that_is_not_utf_8_is_unreadable(field: str, wrong: Any) -> None:
    assert held(event(record(**{field: wrong}))) == Held(unreadable=1)


@pytest.mark.parametrize(
    "path",
    [("oss",), ("oss", "bucket"), ("oss", "object"), ("oss", "bucket", "name"), ("oss", "object", "key")],
    ids=".".join,
)
def test_a_record_without_a_field_that_it_needs_is_unreadable(path: tuple[str, ...]) -> None:
    broken = inside = record()
    for step in path[:-1]:
        inside = inside[step]
    del inside[path[-1]]
    assert held(event(broken)) == Held(unreadable=1)


@pytest.mark.parametrize("field", ["eventTime", "eventSource", "eventVersion", "region", "responseElements"])
@pytest.mark.parametrize(
    "wrong",
    [None, 7, [], {}, "203-11-04T08:49:26.745Z", MISSING],
    ids=lambda value: "missing" if value is MISSING else repr(value),
)
def test_a_record_needs_only_the_fields_of_its_object(field: str, wrong: Any) -> None:
    odd = record()
    odd[field] = wrong
    if wrong is MISSING:
        del odd[field]
    assert held(event(odd)) == Held([A])


@pytest.mark.parametrize("size", [None, "10", 10.0, True, [], float("nan"), 10**400], ids=repr)
def test_invalid_sizes_do_not_make_a_record_unreadable(size: Any) -> None:
    assert held(event(record(size=size, deltaSize=size))) == Held([A])


def test_the_last_of_two_equal_json_names_counts() -> None:
    raw = event(record()).replace(b'"key": "a.jpg"', b'"key": 7, "key": "a.jpg"')
    assert held(raw) == Held([A])


def test_a_key_of_a_surrogate_pair_is_the_character_that_it_spells() -> None:
    raw = event(record("🙂"))
    assert rb"\ud83d\ude42" in raw
    assert held(raw) == Held([("🙂", PUT)])


@pytest.mark.parametrize("inside", ["[", '{"a":'])
@pytest.mark.parametrize("field", ["responseElements", "size", "eventName", "version", "x"])
def test_deep_nesting_in_a_field_does_not_break_the_reader(field: str, inside: str) -> None:
    """Near the interpreter's limit, a value can be read, but be too deep to be written a moment later."""
    closing = "]" if inside == "[" else "}"
    fields = {**record(), **backlog_record(f"{WWW}/a.jpg")} if field in ("version", "x") else record()
    fields["oss"]["object"]["size"] = 0
    fields["responseElements"] = {}
    for depth in (*range(900, 1_001, 2), *range(1_470, 1_501, 3), 9_990):
        deep = inside * depth + "0" + closing * depth
        raw = json.dumps({**fields, field: "HERE"}).replace('"HERE"', deep).encode()
        assert sum(map(len, events.read(raw))) == 1


def test_too_many_nested_envelopes_are_unreadable() -> None:
    value: Any = record()
    for _ in range(40):
        value = {"data": value}
    assert len(events.read(json.dumps(value).encode()).unreadable) == 1


# Our own messages


def history(**fields: Any) -> Any:
    (waiting,) = events.read(json.dumps(backlog_record(f"{WWW}/a.jpg", **fields)).encode()).waiting
    return waiting.history


def test_a_message_of_the_backlog_holds_the_history_of_its_items() -> None:
    assert history(attempts=3, owner="team 7", resubmissions=2, preload=True) == (
        1_795_316_400.0,
        1_795_316_340.0,
        1_795_316_340.0,
        3,
        False,
        ({"at": "2026-11-22T03:00:00Z", "reason": "Throttling"},),
        {"owner": "team 7"},
        2,
        True,
    )


@pytest.mark.parametrize("object_type", ["Directory", "IgnoreParams", "File"])
def test_force_is_kept(object_type: str) -> None:
    assert history(object_type=object_type, force=True).force is True


@pytest.mark.parametrize("wrong", [None, 1, "true", [], {"x": 1}], ids=repr)
def test_only_the_value_true_sets_force(wrong: Any) -> None:
    assert history(object_type="Directory", force=wrong).force is False


@pytest.mark.parametrize("wrong", [None, "3", -1, True, 2.0, [], {}], ids=repr)
def test_invalid_attempts_count_as_zero(wrong: Any) -> None:
    assert history(attempts=wrong).attempts == 0


@pytest.mark.parametrize("wrong", [None, "x", 7, {"at": ""}], ids=repr)
def test_a_history_that_is_not_a_list_is_empty(wrong: Any) -> None:
    assert history(history=wrong).refusals == ()


def test_entries_of_a_history_that_are_not_mappings_are_ignored() -> None:
    assert history(history=[1, {"at": "x"}, None, "y"]).refusals == ({"at": "x"},)


def test_only_the_last_ten_entries_of_a_history_are_kept() -> None:
    assert history(history=[{"at": str(number)} for number in range(14)]).refusals == tuple(
        {"at": str(number)} for number in range(4, 14)
    )


def test_a_first_seen_at_the_epoch_is_kept() -> None:
    assert history(first_seen="1970-01-01T00:00:00Z").first_seen == 0.0


@pytest.mark.parametrize("wrong", [None, 7, "yesterday", "2026-13-01T00:00:00Z", "0000-01-01T00:00:00Z"], ids=repr)
def test_invalid_times_count_as_unknown(wrong: Any) -> None:
    odd = history(first_seen=wrong, changed_at=wrong)
    assert (odd.first_seen, odd.changed_at, odd.changed_last) == (float("inf"), None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"object_type": "Regex"},
        {"object_type": "file"},
        {"object_type": ["File"]},
        {"object_type": None},
        {"urls": []},
        {"urls": None},
        {"urls": f"{WWW}/a.jpg"},
        {"urls": {"0": f"{WWW}/a.jpg"}},
        {"version": 2},
        {"version": "1"},
        {"version": None},
        {"kind": "oss-cdn-refresh/unknown"},
        {"kind": ["oss-cdn-refresh/backlog"]},
    ],
    ids=repr,
)
def test_a_message_that_is_not_of_the_format_is_one_unreadable_record(fields: dict[str, Any]) -> None:
    value = backlog_record(f"{WWW}/a.jpg", **fields)
    broken = only_unreadable(json.dumps(value).encode())
    assert json.loads(broken.payload) == value


def test_a_message_without_a_version_has_version_1() -> None:
    value = backlog_record(f"{WWW}/a.jpg")
    del value["version"]
    assert held(json.dumps(value).encode()).waiting == [file("/a.jpg")]


def test_a_url_that_is_not_a_text_is_unreadable_alone() -> None:
    value = backlog_record(f"{WWW}/a.jpg", 7, f"{WWW}/b.jpg", None)  # type: ignore[arg-type]
    assert held(json.dumps(value).encode()) == Held([], [file("/a.jpg"), file("/b.jpg")], 1)


@pytest.mark.parametrize(
    "url",
    ["", "ftp://www.example.com/", f"{WWW}/a\nb", "https://elsewhere.org/", "\ud800", "x" * 2_048],
    ids=lambda url: ascii(url)[:30],
)
def test_an_unusual_url_is_still_an_item(url: str) -> None:
    """It becomes a dead letter as an item, and does not affect the other items of its message."""
    reading = events.read(json.dumps(backlog_record(url)).encode())
    assert [waiting.items for waiting in reading.waiting] == [(an_item("File", url),)]


@pytest.mark.parametrize(
    ("url", "as_the_cdn_knows_it"),
    [
        ("HTTPS://WWW.Example.com/A?B=C", "https://www.example.com/A?B=C"),
        ("https://WWW.Example.com?X=Y", "https://www.example.com?X=Y"),
        (f"{WWW}/A/https://B.Example.com/", f"{WWW}/A/https://B.Example.com/"),
        ("No/Url/AT/all", "No/Url/AT/all"),
    ],
)
def test_only_scheme_and_host_are_lower_cased(url: str, as_the_cdn_knows_it: str) -> None:
    (waiting,) = events.read(json.dumps(backlog_record(url)).encode()).waiting
    assert waiting.items[0].url == as_the_cdn_knows_it


def test_a_part_of_a_large_record_stays_that_part() -> None:
    broken = only_unreadable(payload("unreadable_dead_letter_part"))
    assert broken.payload == '{"events": [{"eventNa'
    assert broken.kept == {"part": 1, "parts": 3}


@pytest.mark.parametrize(
    "fields",
    [
        {"payload": None},
        {"payload": 7},
        {"payload_encoding": "hex"},
        {"payload_encoding": 7},
        {"payload_encoding": "base64", "payload": "*"},
        {"payload_encoding": "base64", "payload": "é"},
    ],
    ids=repr,
)
def test_a_dead_letter_whose_payload_is_wrong_is_unreadable(fields: dict[str, Any]) -> None:
    value = {**json.loads(payload("dead_letter_of_a_readable_payload")), **fields}
    assert json.loads(only_unreadable(json.dumps(value).encode()).payload) == value


def test_unknown_fields_of_a_dead_letter_are_kept_if_it_is_unreadable_again() -> None:
    value = {**json.loads(payload("dead_letter_of_a_readable_payload")), "payload": "still no record", "ticket": 7}
    broken = only_unreadable(json.dumps(value).encode())
    assert (broken.payload, dict(broken.kept)) == ("still no record", {"ticket": 7})


def test_a_payload_that_is_not_utf_8_comes_back_unchanged() -> None:
    value = {
        "kind": "oss-cdn-refresh/dead-letter",
        "payload": base64.b64encode(b"\xff\x00").decode(),
        "payload_encoding": "base64",
    }
    broken = only_unreadable(json.dumps(value).encode())
    assert (base64.b64decode(broken.payload), broken.encoding) == (b"\xff\x00", "base64")


def test_deep_nesting_in_an_unknown_field_does_not_break_the_handler(world: World) -> None:
    """A field that is not too deep to be read must not be too deep to be written."""
    for depth in (*range(930, 1_000), *range(1_480, 1_500)):
        deep = b"[" * depth + b"]" * depth
        message = json.dumps(backlog_record("https://elsewhere.org/", x="HERE")).encode().replace(b'"HERE"', deep)
        summary = world.invoke(message)
        assert summary["dead_lettered"] + summary["unreadable"] == 1


# Changes


def the_change(name: str, **stored: Any) -> Any:
    (change,) = events.read(event(record(event=name, **stored))).changes
    return change


@pytest.mark.parametrize(
    "name",
    [
        *(f"ObjectCreated:{what}Object" for what in ("Put", "Post", "Copy", "Append")),
        "ObjectCreated:CompleteMultipartUpload",
        "ObjectCreated:PutSymlink",
        "ObjectRemoved:DeleteObject",
        "ObjectRemoved:DeleteObjects",
        "ObjectReplication:ObjectCreated",
        "ObjectReplication:ObjectModified",
        "ObjectReplication:ObjectRemoved",
        "ObjectModified:UpdateObjectMeta",
    ],
)
def test_an_event_that_changes_the_answer_to_a_get_refreshes(name: str) -> None:
    assert the_change(name).refreshes
    assert the_change(name).known


@pytest.mark.parametrize(
    "name",
    [
        "ObjectCreated:InitiateMultipartUpload",
        "ObjectCreated:UploadPart",
        "ObjectCreated:UploadPartCopy",
        "ObjectCreated:AbortMultipartUpload",
        "ObjectRemoved:AbortMultipartUpload",
        "ObjectDownloaded:GetObject",
        "ObjectModified:ChangeStorageClass",
        "ObjectModified:FinishRestore",
        "ObjectRestore:FinishRestore",
    ],
)
def test_an_event_that_changes_nothing_for_a_get_does_not_refresh(name: str) -> None:
    assert not the_change(name).refreshes
    assert the_change(name).known


@pytest.mark.parametrize("name", ["ObjectCreated:Teleport", "ObjectCreated:*", "putobject", "objectcreated:putobject"])
def test_an_unknown_event_is_a_change_that_does_not_refresh(name: str) -> None:
    assert not the_change(name).refreshes
    assert not the_change(name).known


def test_no_event_is_in_both_lists() -> None:
    assert not REFRESHING & WITHOUT_EFFECT


def test_only_an_update_of_metadata_changes_headers_only() -> None:
    assert [name for name in sorted(REFRESHING) if the_change(name).headers_only] == ["ObjectModified:UpdateObjectMeta"]


def test_only_delete_objects_is_a_bulk_delete() -> None:
    assert [name for name in sorted(REFRESHING) if the_change(name).bulk_delete] == ["ObjectRemoved:DeleteObjects"]


@pytest.mark.parametrize(
    ("size", "delta", "new"),
    [
        (10, 10, True),
        (1, 1, True),
        (10, 0, False),
        (10, 9, False),
        (0, 0, False),
        (-1, -1, False),
        (True, True, False),
        (1, True, False),
        (True, 1, False),
        (10.0, 10.0, False),
        (10, 10.0, False),
        (10.0, 10, False),
        ("10", "10", False),
        (None, None, False),
        ([10], [10], False),
    ],
)
def test_an_object_is_new_when_its_size_and_delta_are_equal_whole_numbers_above_zero(
    size: Any,
    delta: Any,
    new: bool,
) -> None:
    assert the_change(PUT, size=size, deltaSize=delta).new_object is new


@pytest.mark.parametrize(
    ("name", "new"),
    [
        ("ObjectCreated:CompleteMultipartUpload", True),
        ("ObjectCreated:CopyObject", True),
        ("ObjectReplication:ObjectCreated", True),
        ("ObjectReplication:ObjectModified", False),
        ("ObjectRemoved:DeleteObject", False),
        ("ObjectModified:UpdateObjectMeta", False),
    ],
)
def test_only_an_event_that_creates_can_be_about_a_new_object(name: str, new: bool) -> None:
    assert the_change(name, size=10, deltaSize=10).new_object is new


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-22T04:00:00Z", 1_795_320_000.0),
        ("2026-11-22T04:00:00.000Z", 1_795_320_000.0),
        ("2026-11-22T12:00:00+08:00", 1_795_320_000.0),
        ("2026-11-22T12:00:00+0800", 1_795_320_000.0),
        ("2026-11-21T23:00:00-05:00", 1_795_320_000.0),
        ("2026-11-22 04:00:00Z", 1_795_320_000.0),
        ("1970-01-01T00:00:00Z", 0.0),
        ("203-11-04T08:49:26.745Z", None),
        ("2020-08-17T16:04:46.149Asia/Shanghai", None),
        ("2026-11-22T04:00:00", None),
        ("2026-13-22T04:00:00Z", None),
        ("2026-11-22T04:00:00Z\n", None),
        ("", None),
        (1_795_320_000, None),
        (None, None),
        ([], None),
    ],
)
def test_a_time_is_read_in_all_known_formats(text: Any, seconds: float | None) -> None:
    assert epoch(text) == seconds


@given(st.one_of(scalars, st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", fullmatch=True)))
def test_no_text_makes_the_time_reader_raise(text: Any) -> None:
    assert epoch(text) is None or isinstance(epoch(text), float)


@pytest.mark.parametrize(("length", "readable"), [(10_000, 1), (10_001, 0)])
def test_a_key_too_long_for_a_dead_letter_is_unreadable(length: int, readable: int) -> None:
    reading = events.read(event(record("k" * length)))
    assert (len(reading.changes), len(reading.unreadable)) == (readable, 1 - readable)


@pytest.mark.parametrize(
    "text", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "\uff12026-11-22T00:00:00Z"]
)
def test_a_time_that_our_format_cannot_write_is_unknown(text: str) -> None:
    assert epoch(text) is None


def test_only_a_key_can_be_too_long() -> None:
    """An event name of any length counts as an unknown event."""
    (change,) = events.read(event(record("a.jpg", event="x" * 40_000))).changes
    assert not change.known
