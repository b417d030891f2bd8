"""How the stand-in is turned to both answers of the questions about the event stream."""

from probed import Lines, Probed, Turn, nothing

WITH_A_BACKLOG = ("--backlog-queue", "backlog")


def drained(probed: Probed) -> None:
    """The event stream calls the function with what waits in the backlog."""
    queue = probed.smq.queue("backlog")
    messages = queue.receive(16)
    if messages:
        probed.world.invoke([{"messageId": each.id, "messageBody": each.body} for each in messages])
        for each in messages:
            queue.delete(each.receipt)


TURNS: dict[str, Turn | Lines] = {
    "reads-the-backlog": Turn(nothing, words=WITH_A_BACKLOG, meanwhile=drained),
}
