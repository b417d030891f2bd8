"""Writes the function's messages for SMQ, and the requests that hold them: as few as possible of both.

All sizes are those in the request, where each `"` of JSON has six bytes. Source: SMQ API 2015-06-06, "SendMessage" and
"BatchSendMessage".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from oss_cdn_refresh.events.message_format import (
    A_PART,
    BATCH_BYTES,
    DEAD_LETTER,
    HALF_A_MESSAGE,
    KNOWN_FIELDS,
    MESSAGE_BYTES,
    NAMESPACE,
    REQUEST_BYTES,
    SHOWN,
    VERSION,
    dumped,
    dumped_each,
    escaped,
    pieces,
    sent_bytes,
)
from oss_cdn_refresh.events.parts import Unreadable
from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.history import HISTORY_LENGTH, History
from oss_cdn_refresh.model.item import ItemName, ObjectType
from oss_cdn_refresh.model.outcome import Outcome, Until

BATCH_MESSAGES = 16  # in one request: BatchSendMessage, "up to 16 messages", and the other Batch actions
UNREADABLE = "UnreadableEvent"
MOST_PARTS = 999_999  # of a record; an event has 32 MB at most
AT_ONCE = 1_000  # URLs that are spelled in JSON together; all of an event would take much memory
QUOTES = sent_bytes('""') - len('""')  # bytes that escaping the quotes around a text adds


class Message(NamedTuple):
    """A message body, in ASCII, the items in it, and how long the queue holds it back, in seconds."""

    body: str
    items: tuple[ItemName, ...]
    delay: int = 0


class Entry(NamedTuple):
    """A letter, and its element in a request without the `Message` around it."""

    letter: Message
    xml: str


def record(kind: str, outcome: Outcome, history: History, now: float) -> dict[str, Any]:
    """The message of an outcome of items alike in type and history, without `urls`: equal records share a message."""
    reason = outcome.reason[:SHOWN]
    refused = () if outcome.until is Until.TRIGGER else ({"at": timestamp(now), "reason": reason},)
    return fields_of(
        kind,
        outcome.items[0].type,
        history,
        reason,
        now,
        attempts=history.attempts + outcome.failed,
        refusals=(*history.refusals, *refused),
        message=outcome.message,
        request_id=outcome.request_id,
    )


def fields_of(
    kind: str,
    object_type: ObjectType | None,
    history: History,
    reason: str,
    now: float,
    *,
    attempts: int = 0,
    refusals: Sequence[Mapping[str, Any]] = (),
    message: str = "",
    request_id: str = "",
) -> dict[str, Any]:
    """A message without `urls` or `payload`; without `object_type` where a record could not be read."""
    fields: dict[str, Any] = {"kind": kind, "version": VERSION}
    if object_type:
        fields["object_type"] = object_type
    fields |= {
        "force": history.force,
        "attempts": attempts,
        "reason": reason[:SHOWN],
        "first_seen": timestamp(history.first_seen),
        "changed_at": timestamp(history.first_seen if history.changed_at is None else history.changed_at),
        "history": refusals[-HISTORY_LENGTH:],
        "resubmissions": history.resubmissions,
    }
    if history.preload:
        fields["preload"] = True
    if kind == DEAD_LETTER:
        fields |= {"message": message[:SHOWN], "request_id": request_id[:SHOWN], "failed_at": timestamp(now)}
    return {**history.kept, **fields}


def letters(fields: Mapping[str, Any], items: Iterable[ItemName], delay: int = 0) -> Iterator[Message]:
    """The messages that hold the items, as few as fit; `fields` is all but the URLs."""
    head = dumped(fields)
    if sent_bytes(head) > HALF_A_MESSAGE:  # what others added must not crowd out the URLs
        head = dumped({name: value for name, value in fields.items() if name in KNOWN_FIELDS and name != "history"})
    room = MESSAGE_BYTES - sent_bytes(_with_urls(head, []))
    urls: list[str] = []
    inside: list[ItemName] = []
    used = 0
    source = iter(items)
    while some := tuple(islice(source, AT_ONCE)):
        texts = dumped_each([item.url for item in some])
        for item, url, size in zip(some, texts, _sizes(texts), strict=True):
            if urls and used + size > room:
                yield Message(_with_urls(head, urls), tuple(inside), delay)
                urls, inside, used = [], [], 0
            urls.append(url)
            inside.append(item)
            used += size
    if urls:
        yield Message(_with_urls(head, urls), tuple(inside), delay)


def _sizes(urls: list[str]) -> list[int]:
    """What JSON texts take in a request, each with a comma."""
    whole = "".join(urls)
    if sent_bytes(whole) == len(whole) + len(urls) * QUOTES:  # fast path: nothing but the quotes needs to be escaped
        return [len(url) + QUOTES + 1 for url in urls]
    return [sent_bytes(url) + 1 for url in urls]


def unreadable(broken: Unreadable, now: float) -> Iterator[Message]:
    """The dead letters of a record that cannot be read: one, or numbered parts where it is too large for one."""
    fields = fields_of(DEAD_LETTER, None, History(now, kept=broken.kept), UNREADABLE, now, message=broken.why)
    if broken.encoding:
        fields["payload_encoding"] = broken.encoding
    whole = dumped({**fields, "payload": broken.payload})
    if sent_bytes(whole) <= MESSAGE_BYTES:
        yield Message(whole, ())
        return
    fields = {name: value for name, value in fields.items() if name in KNOWN_FIELDS} | {"message": A_PART}
    numbered = {**fields, "payload": "", "part": MOST_PARTS, "parts": MOST_PARTS}
    room = MESSAGE_BYTES - sent_bytes(dumped(numbered))
    parts = list(pieces(broken.payload, room))
    for number, piece in enumerate(parts, 1):
        yield Message(dumped({**fields, "payload": piece, "part": number, "parts": len(parts)}), ())


def groups(letters: Iterable[Message]) -> Iterator[list[Entry]]:
    """Letters grouped by request, in order: at most 16 in a request, and at most `REQUEST_BYTES`."""
    group: list[Entry] = []
    room = REQUEST_BYTES - BATCH_BYTES
    left = room
    for letter in letters:
        xml = f"<MessageBody>{escaped(letter.body)}</MessageBody><DelaySeconds>{letter.delay}</DelaySeconds>"
        size = (len(xml) if xml.isascii() else len(xml.encode())) + len("<Message></Message>")
        if group and (len(group) == BATCH_MESSAGES or size > left):
            yield group
            group, left = [], room
        group.append(Entry(letter, xml))
        left -= size
    if group:
        yield group


def request_body(group: Sequence[Entry]) -> bytes:
    """SendMessage for one letter, BatchSendMessage for more."""
    if len(group) == 1:
        inside, root = group[0].xml, "Message"
    else:
        inside, root = "".join([f"<Message>{entry.xml}</Message>" for entry in group]), "Messages"
    return f'<?xml version="1.0" encoding="utf-8"?><{root} xmlns="{NAMESPACE}">{inside}</{root}>'.encode()


def _with_urls(head: str, urls: list[str]) -> str:
    return f'{head[:-1]}, "urls": [{",".join(urls)}]}}'
