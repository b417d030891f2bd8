"""The XML of SMQ: messages, attributes and errors.

Shapes: the samples on the pages of the operations in the SMQ documentation, and what the decoders of
`mns.mns_xml_handler` (`aliyun-mns-sdk` 1.3.0) accept, which is strict about the elements of a batch's answer.
"""

from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError

from oss_cdn_refresh_box.smq.errors import SmqError
from oss_cdn_refresh_box.smq.queue import LIMITS, Message, Queue, QueueAttributes, between
from oss_cdn_refresh_box.wire.markup import Node, document, fields, parse

NAMESPACE = "http://mns.aliyuncs.com/doc/v1/"
XML = "text/xml;charset=utf-8"
FIELDS = {  # element: field of QueueAttributes
    "DelaySeconds": "delay_seconds",
    "MaximumMessageSize": "maximum_message_size",
    "MessageRetentionPeriod": "message_retention_period",
    "PollingWaitSeconds": "polling_wait_seconds",
    "VisibilityTimeout": "visibility_timeout",
}
LOGGING = "LoggingEnabled"
NOT_IN_XML = [number for number in range(0x20) if chr(number) not in "\t\n\r"]  # of the control characters
HIDING = {number: 0xE000 + number for number in NOT_IN_XML}  # the first characters for private use
SHOWING = {hidden: number for number, hidden in HIDING.items()}
SWITCH = {"true": True, "false": False}  # as LoggingEnabled is written, in any case


class Draft(NamedTuple):
    """A message that a client asks to send."""

    body: str
    delay: int | None
    priority: int


def number(name: str, text: str | None) -> int | None:
    """A number of a request, None if it is missing; InvalidArgument if it is not a number."""
    try:
        return None if text is None else int(text)
    except ValueError:
        raise SmqError("InvalidArgument", f"The value of {name} is not a number.") from None


def write(root: Node) -> bytes:
    """A document of SMQ's."""
    return document(root, NAMESPACE)


def read(body: bytes, *, keeps_all: bool = False) -> Element:
    """The root of a request's body; MalformedXML if it is not XML.

    keeps_all: characters that XML cannot carry are hidden from the parser; `read_drafts` brings them back.
    """
    try:
        return parse(body.decode().translate(HIDING).encode() if keeps_all else body)
    except ParseError as error:
        raise SmqError("MalformedXML", "The XML you provided was not well-formed.") from error


def read_attributes(body: bytes, basis: QueueAttributes) -> QueueAttributes:
    """The queue's attributes after a request that names some of them; an empty body names none."""
    root = read(body) if body else Element("Queue")
    changes = {}
    for name, field in FIELDS.items():
        value = number(name, root.findtext(name))
        if value is not None:
            changes[field] = between(name, value, LIMITS[name])
    logging = root.findtext(LOGGING, str(basis.logging_enabled)).lower()
    if logging not in SWITCH:
        raise SmqError("InvalidArgument", f"The value of {LOGGING} should be True or False.")
    return basis._replace(**changes, logging_enabled=SWITCH[logging])


def read_drafts(root: Element) -> list[Draft]:
    """The messages of a SendMessage (`Message`) or a BatchSendMessage (`Messages`)."""
    elements = root.findall("Message") if root.tag == "Messages" else [root]
    return [_draft(element) for element in elements]


def read_receipts(body: bytes) -> list[str]:
    """The handles of a BatchDeleteMessage."""
    return [element.text or "" for element in read(body).findall("ReceiptHandle")]


def attributes(queue: Queue) -> list[Node]:
    """The attributes of a queue, in the answers of GetQueueAttributes and ListQueue."""
    counts = queue.counts()
    settings = [(name, getattr(queue.attributes, field)) for name, field in FIELDS.items()]
    facts = [
        ("QueueName", queue.name),
        ("CreateTime", int(queue.created_at)),
        ("LastModifyTime", int(queue.modified_at)),
        ("ActiveMessages", counts.active),
        ("InactiveMessages", counts.inactive),
        ("DelayMessages", counts.delayed),
        (LOGGING, str(queue.attributes.logging_enabled)),
    ]
    return fields(settings + facts)


def sent(message: Message) -> Node:
    """A message in the answer of SendMessage or BatchSendMessage."""
    return Node("Message", _identity(message))


def peeked(message: Message) -> Node:
    """A message in the answer of PeekMessage or BatchPeekMessage; never received: FirstDequeueTime is 0."""
    return Node("Message", _content(message))


def received(message: Message) -> Node:
    """A message in the answer of ReceiveMessage or BatchReceiveMessage."""
    return Node("Message", _content(message) + visibility(message))


def visibility(message: Message) -> list[Node]:
    """The receipt handle of a received message, and its end."""
    return fields([("ReceiptHandle", message.receipt), ("NextVisibleTime", _milliseconds(message.visible_at))])


def error(code: str, message: str, request_id: str, host: str) -> bytes:
    """The answer to a request that is refused as a whole."""
    content = [("Code", code), ("Message", message), ("RequestId", request_id), ("HostId", host)]
    return write(Node("Error", fields(content)))


def _draft(element: Element) -> Draft:
    body = element.findtext("MessageBody")
    if element.tag != "Message" or not body:
        raise SmqError("InvalidArgument", "The XML you provided did not validate against our published schema.")
    priority = number("Priority", element.findtext("Priority"))
    delay = number("DelaySeconds", element.findtext("DelaySeconds"))
    return Draft(body.translate(SHOWING), delay, 8 if priority is None else priority)


def _identity(message: Message) -> list[Node]:
    return fields([("MessageId", message.id), ("MessageBodyMD5", message.md5)])


def _content(message: Message) -> list[Node]:
    numbers = [
        ("EnqueueTime", _milliseconds(message.sent_at)),
        ("FirstDequeueTime", _milliseconds(message.first_dequeued_at or 0)),
        ("DequeueCount", message.dequeue_count),
        ("Priority", message.priority),
    ]
    return [*_identity(message), Node("MessageBody", message.body), *fields(numbers)]


def _milliseconds(moment: float) -> int:
    return round(moment * 1000)
