"""How the stand-in is turned to both answers of the questions about the event stream."""

import json
from collections.abc import Callable
from typing import Any

from probed import Lines, Probed, Turn, Turned, nothing

from oss_cdn_refresh.events.message_format import BACKLOG

WITH_A_BACKLOG = ("--backlog-queue", "backlog")
OLD = json.dumps({"kind": BACKLOG, "version": 1, "object_type": "File", "urls": ["https://www.example.com/old.jpg"]})


def drained(change: Callable[[str], str] = lambda body: body) -> Turned:
    """The event stream calls the function with what waits in the backlog, each body changed in this way."""

    def act(probed: Probed) -> None:
        queue = probed.smq.queue("backlog")
        messages = queue.receive(16)
        if messages:
            probed.world.invoke([{"messageId": each.id, "messageBody": change(each.body)} for each in messages])
            for each in messages:
                queue.delete(each.receipt)

    return act


def gave_up(record: Any) -> Turned:
    """The event stream gave a message up, with this record."""

    def turn(probed: Probed) -> None:
        probed.smq.queue("dead-letters").send(json.dumps(record))

    return turn


def deployed(*dropped: str) -> Turned:
    """A deployment of whose event stream the API of Function Compute drops some options."""

    def turn(probed: Probed) -> None:
        probed.deploy().dropped = set(dropped)

    return turn


TURNS: dict[str, Turn | Lines] = {
    "reads-the-backlog": Turn(nothing, words=WITH_A_BACKLOG, meanwhile=drained()),
    "maximum-tasks": Turn(deployed(), assumed=deployed("maximumTasks")),
    "dead-records": Turn(
        gave_up({"record": OLD, "cause": "429"}),
        assumed=gave_up({"specversion": "1.0", "data": {"messageBody": OLD}}),
    ),
    "plain-bodies": Turn(
        nothing, words=WITH_A_BACKLOG, meanwhile=drained(), instead=drained(lambda body: body.replace('"', ""))
    ),
}
