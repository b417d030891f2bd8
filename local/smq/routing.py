"""Which action of SMQ a request asks for: the method, the path and a few parameters tell."""

import re
from typing import NamedTuple

from local.wire.serving import Request

PATH = re.compile(r"/queues(?:/|/(?P<queue>[^/]+)(?P<messages>/messages)?)?")
ACTIONS = (  # method, place, parameters that have to be there, action: the first row that fits
    ("GET", "account", (), "ListQueue"),
    ("PUT", "queue", ("metaoverride",), "SetQueueAttributes"),
    ("PUT", "queue", (), "CreateQueue"),
    ("GET", "queue", (), "GetQueueAttributes"),
    ("DELETE", "queue", (), "DeleteQueue"),
    ("POST", "messages", (), "SendMessage"),
    ("GET", "messages", ("peekonly", "numOfMessages"), "BatchPeekMessage"),
    ("GET", "messages", ("peekonly",), "PeekMessage"),
    ("GET", "messages", ("numOfMessages",), "BatchReceiveMessage"),
    ("GET", "messages", (), "ReceiveMessage"),
    ("PUT", "messages", (), "ChangeMessageVisibility"),
    ("DELETE", "messages", ("ReceiptHandle",), "DeleteMessage"),
    ("DELETE", "messages", (), "BatchDeleteMessage"),
)
BATCH_ROOT = re.compile(rb"<Messages[\s>/]")  # tells BatchSendMessage from SendMessage: nothing else does


class Target(NamedTuple):
    """An action and its queue; an empty action is none that SMQ knows, an empty queue all of them."""

    action: str
    queue: str


def target(request: Request) -> Target:
    """What the request is about."""
    match = PATH.fullmatch(request.path)
    if match is None:
        return Target("", "")
    place = "messages" if match["messages"] else "queue" if match["queue"] else "account"
    given = request.parameters.keys()
    fitting = (
        action
        for method, at, parameters, action in ACTIONS
        if (method, at) == (request.method, place) and given >= set(parameters)
    )
    action = next(fitting, "")
    if action == "SendMessage" and BATCH_ROOT.search(request.body):
        action = "BatchSendMessage"
    return Target(action, match["queue"] or "")
