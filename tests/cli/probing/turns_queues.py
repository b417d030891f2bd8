"""How the stand-in is turned to both answers of the questions about queues."""

from typing import Any

from probed import Lines, Turn, Turned

WITH_A_QUEUE = ("--queue", "notified")


def manner(**how: Any) -> Turned:
    """SMQ has the queue "notified", and behaves in this way."""

    def turn(probed: Any) -> None:
        probed.smq.add("notified")
        probed.smq.manner = probed.smq.manner._replace(**how)

    return turn


TURNS: dict[str, Turn | Lines] = {
    "characters-outside-xml": Turn(manner(), assumed=manner(characters="kept"), words=WITH_A_QUEUE),
    "batch-bytes": Turn(manner(), assumed=manner(counts="request"), words=WITH_A_QUEUE),
    "partial-failures": Turn(
        manner(bad_message="refuses in words only"), assumed=manner(bad_message="refused alone"), words=WITH_A_QUEUE
    ),
}
