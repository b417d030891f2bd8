"""SMQ in a box: queues over the real protocol; delays, visibility and retention follow a movable clock."""

from local.smq.errors import SmqError
from local.smq.queue import Counts, Message, Queue, QueueAttributes
from local.smq.service import Call, Smq

__all__ = ["Call", "Counts", "Message", "Queue", "QueueAttributes", "Smq", "SmqError"]
