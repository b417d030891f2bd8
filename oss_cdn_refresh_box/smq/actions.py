"""The actions of SMQ: which one a request asks for, and its answer.

A BatchSendMessage of which some messages fail answers 500, a BatchDeleteMessage 404: no page prints the first
(UNCONFIRMED), but the SDKs read both bodies under any status from 400 on.
"""

import re
from collections.abc import Callable, MutableMapping, Sequence
from http import HTTPStatus
from typing import ClassVar, Literal, NamedTuple

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.smq import wire
from oss_cdn_refresh_box.smq.errors import SmqError
from oss_cdn_refresh_box.smq.queue import LIMITS, Message, Queue, QueueAttributes, between
from oss_cdn_refresh_box.wire.markup import Node
from oss_cdn_refresh_box.wire.serving import Request, Response

BATCH = (1, 16)  # messages in one call; "BatchSendMessage" and its like
BATCH_BYTES = 65_536  # all bodies of a BatchSendMessage together
WAIT = LIMITS["PollingWaitSeconds"]
LISTED = (1, 1_000)  # queues in one answer of ListQueue
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,119}")
PATH = re.compile(r"/queues(?:/|/(?P<queue>[^/]+)(?P<messages>/messages)?)?")
BATCH_ROOT = re.compile(rb"<Messages[\s>/]")  # the only difference between BatchSendMessage and SendMessage

Spoil = Callable[[str, str], str | None]  # queue and body of one message of a batch → the error code for it, or None


class Manner(NamedTuple):
    """How SMQ behaves where no document says it.

    counts: what the 64 KB of a batch are: its bodies together, or the whole body of the request.
    characters: what becomes of a body with a character that XML cannot carry: it is refused, or kept as it is.
    bad_message: what a message of a batch that the queue does not take means for the others: the whole batch is
        refused; each message has a result of its own; or the answer refuses the batch, of which the others are taken.
    """

    counts: Literal["bodies", "request"] = "bodies"
    characters: Literal["refused", "kept"] = "refused"
    bad_message: Literal["refuses all", "refused alone", "refuses in words only"] = "refuses all"


class Target(NamedTuple):
    """The action that a request asks for, and its queue: "" for an unknown action, and for all queues."""

    action: str
    queue: str


class Actions:
    """The actions on a set of queues; each takes a request and returns its answer, or raises an SmqError."""

    def __init__(self, clock: Clock, queues: MutableMapping[str, Queue], spoil: Spoil, scheme: str) -> None:
        self._clock = clock
        self._scheme = scheme
        self._queues = queues
        self._spoil = spoil
        self.manner = Manner()

    def perform(self, target: Target, request: Request) -> Response:
        """Perform the action and return its answer."""
        for _method, _place, _parameters, name, perform in self.TABLE:
            if name == target.action:
                return perform(self, request, target.queue)
        raise SmqError("InvalidRequestURL", "Http request URL format invalid.")

    def _queue(self, name: str) -> Queue:
        try:
            return self._queues[name]
        except KeyError:
            raise SmqError("QueueNotExist", "The queue name you provided is not exist.") from None

    def _location(self, request: Request, name: str) -> str:
        return f"{self._scheme}://{request.headers['Host']}/queues/{name}"

    def _list_queues(self, request: Request, _name: str) -> Response:
        """ListQueue; `x-mns-with-meta`, as `aliyun-mns-sdk` sends it, asks for the attributes, the name among them."""
        prefix = request.headers.get("x-mns-prefix", "")
        start = request.headers.get("x-mns-marker", "")
        asked = wire.number("x-mns-ret-number", request.headers.get("x-mns-ret-number"))
        most = LISTED[1] if asked is None else between("x-mns-ret-number", asked, LISTED)
        with_meta = request.headers.get("x-mns-with-meta", "").lower() == "true"
        names = sorted(name for name in self._queues if name.startswith(prefix) and name >= start)
        more = [Node("NextMarker", names[most])] if len(names) > most else []
        shown = [(self._location(request, name), self._queues[name] if with_meta else None) for name in names[:most]]
        queues = [
            Node("Queue", [Node("QueueURL", url), *(wire.attributes(queue) if queue else [])]) for url, queue in shown
        ]
        return _answer(HTTPStatus.OK, Node("Queues", queues + more))

    def _create(self, request: Request, name: str) -> Response:
        if not NAME.fullmatch(name):
            raise SmqError("InvalidQueueName", "The queue name you provided is invalid.")
        wanted = wire.read_attributes(request.body, QueueAttributes())
        there = self._queues.get(name)
        if there and there.attributes != wanted:
            raise SmqError("QueueAlreadyExist", "The queue you want to create is already exist.")
        if there is None:
            self._queues[name] = Queue(name, self._clock, wanted)
        status = HTTPStatus.NO_CONTENT if there else HTTPStatus.CREATED
        return Response(status, headers={"Location": self._location(request, name)})

    def _set_attributes(self, request: Request, name: str) -> Response:
        queue = self._queue(name)
        queue.attributes = wire.read_attributes(request.body, queue.attributes)
        queue.modified_at = self._clock.now()
        return Response(HTTPStatus.NO_CONTENT)

    def _get_attributes(self, _request: Request, name: str) -> Response:
        return _answer(HTTPStatus.OK, Node("Queue", wire.attributes(self._queue(name))))

    def _delete_queue(self, _request: Request, name: str) -> Response:
        gone = self._queues.pop(name, None)
        if gone:
            gone.close()
        return Response(HTTPStatus.NO_CONTENT)

    def _send(self, request: Request, name: str) -> Response:
        queue = self._queue(name)
        (draft,) = self._drafts(request)
        return _answer(HTTPStatus.CREATED, wire.sent(queue.send(*draft)))

    def _send_batch(self, request: Request, name: str) -> Response:
        queue = self._queue(name)
        drafts = self._drafts(request)
        between("Messages", len(drafts), BATCH)
        bodies = sum(len(draft.body.encode()) for draft in drafts)
        between("MessageBody", bodies if self.manner.counts == "bodies" else len(request.body), (1, BATCH_BYTES))
        refusals = [self._refused(queue, draft) for draft in drafts]
        nodes = [
            Node("Message", refusal.entry) if refusal else wire.sent(queue.send(*draft))
            for draft, refusal in zip(drafts, refusals, strict=True)
        ]
        first = next(filter(None, refusals), None)
        if first and self.manner.bad_message == "refuses in words only":
            raise first
        return _answer(HTTPStatus.INTERNAL_SERVER_ERROR if first else HTTPStatus.CREATED, Node("Messages", nodes))

    def _drafts(self, request: Request) -> list[wire.Draft]:
        return wire.read_drafts(wire.read(request.body, keeps_all=self.manner.characters == "kept"))

    def _refused(self, queue: Queue, draft: wire.Draft) -> SmqError | None:
        """Why one message of a batch is not taken, if it is not.

        :raises SmqError: the whole batch is not.
        """
        try:
            queue.check(*draft)
        except SmqError as refusal:
            if self.manner.bad_message == "refuses all":
                raise
            return refusal
        code = self._spoil(queue.name, draft.body)
        return SmqError(code, "The message was not taken.") if code else None

    def _receive(self, request: Request, name: str) -> Response:
        queue = self._queue(name)
        messages = queue.receive(1, _wait(request, queue))
        return _answer(HTTPStatus.OK, wire.received(_first(messages)))

    def _receive_batch(self, request: Request, name: str) -> Response:
        queue = self._queue(name)
        messages = queue.receive(_batch_size(request), _wait(request, queue))
        _first(messages)
        return _answer(HTTPStatus.OK, Node("Messages", map(wire.received, messages)))

    def _peek(self, _request: Request, name: str) -> Response:
        return _answer(HTTPStatus.OK, wire.peeked(_first(self._queue(name).peek())))

    def _peek_batch(self, request: Request, name: str) -> Response:
        messages = self._queue(name).peek(_batch_size(request))
        _first(messages)
        return _answer(HTTPStatus.OK, Node("Messages", map(wire.peeked, messages)))

    def _delete(self, request: Request, name: str) -> Response:
        self._queue(name).delete(request.parameters["ReceiptHandle"])
        return Response(HTTPStatus.NO_CONTENT)

    def _delete_batch(self, request: Request, name: str) -> Response:
        queue = self._queue(name)
        receipts = wire.read_receipts(request.body) if request.body else []
        if not receipts:
            raise SmqError("MissingReceiptHandle", "ReceiptHandle is required.")
        between("ReceiptHandles", len(receipts), BATCH)
        refused = [(receipt, refusal) for receipt in receipts if (refusal := _deletion_refused(queue, receipt))]
        if refused:
            errors = [Node("Error", [*no.entry, Node("ReceiptHandle", receipt)]) for receipt, no in refused]
            return _answer(HTTPStatus.NOT_FOUND, Node("Errors", errors))
        return Response(HTTPStatus.NO_CONTENT)

    def _change_visibility(self, request: Request, name: str) -> Response:
        parameters = request.parameters
        if "ReceiptHandle" not in parameters:
            raise SmqError("MissingReceiptHandle", "ReceiptHandle is required.")
        seconds = wire.number("VisibilityTimeout", parameters.get("VisibilityTimeout"))
        if seconds is None:
            raise SmqError("MissingVisibilityTimeout", "VisibilityTimeout is required.")
        message = self._queue(name).change_visibility(parameters["ReceiptHandle"], seconds)
        return _answer(HTTPStatus.OK, Node("ChangeVisibility", wire.visibility(message)))

    TABLE: ClassVar[tuple[tuple[str, str, tuple[str, ...], str, "Action"], ...]] = (
        # method, place, required parameters, action: the first row that fits a request
        ("GET", "account", (), "ListQueue", _list_queues),
        ("PUT", "queue", ("metaoverride",), "SetQueueAttributes", _set_attributes),
        ("PUT", "queue", (), "CreateQueue", _create),
        ("GET", "queue", (), "GetQueueAttributes", _get_attributes),
        ("DELETE", "queue", (), "DeleteQueue", _delete_queue),
        ("BATCH", "messages", (), "BatchSendMessage", _send_batch),
        ("POST", "messages", (), "SendMessage", _send),
        ("GET", "messages", ("peekonly", "numOfMessages"), "BatchPeekMessage", _peek_batch),
        ("GET", "messages", ("peekonly",), "PeekMessage", _peek),
        ("GET", "messages", ("numOfMessages",), "BatchReceiveMessage", _receive_batch),
        ("GET", "messages", (), "ReceiveMessage", _receive),
        ("PUT", "messages", (), "ChangeMessageVisibility", _change_visibility),
        ("DELETE", "messages", ("ReceiptHandle",), "DeleteMessage", _delete),
        ("DELETE", "messages", (), "BatchDeleteMessage", _delete_batch),
    )


Action = Callable[[Actions, Request, str], Response]


def target(request: Request) -> Target:
    """The action that a request asks for."""
    match = PATH.fullmatch(request.path)
    if match is None:
        return Target("", "")
    place = "messages" if match["messages"] else "queue" if match["queue"] else "account"
    method = "BATCH" if request.method == "POST" and BATCH_ROOT.search(request.body) else request.method
    given = request.parameters.keys()
    fitting = (
        action
        for required, at, parameters, action, _perform in Actions.TABLE
        if (required, at) == (method, place) and given >= set(parameters)
    )
    return Target(next(fitting, ""), match["queue"] or "")


def _answer(status: HTTPStatus, root: Node) -> Response:
    return Response(status, wire.write(root), {"Content-Type": wire.XML})


def _first(messages: Sequence[Message]) -> Message:
    if not messages:
        raise SmqError("MessageNotExist", "Message not exist.")
    return messages[0]


def _deletion_refused(queue: Queue, receipt: str) -> SmqError | None:
    try:
        queue.delete(receipt)
    except SmqError as refusal:
        return refusal
    return None


def _batch_size(request: Request) -> int:
    return between("numOfMessages", wire.number("numOfMessages", request.parameters.get("numOfMessages")) or 0, BATCH)


def _wait(request: Request, queue: Queue) -> int:
    seconds = wire.number("waitseconds", request.parameters.get("waitseconds"))
    return queue.attributes.polling_wait_seconds if seconds is None else between("waitseconds", seconds, WAIT)
