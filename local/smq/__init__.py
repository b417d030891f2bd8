"""SMQ in a box: queues over the real protocol, whose messages wait, hide and vanish by a movable clock."""

from local.smq.errors import SmqError
from local.smq.queue import Counts, Message, Queue, QueueAttributes
from local.smq.service import Call, Smq

__all__ = ["Call", "Counts", "Message", "Queue", "QueueAttributes", "Smq", "SmqError"]
