"""SMQ in a box: queues over the real protocol; delays, visibility and retention follow a movable clock."""

from oss_cdn_refresh_box.smq.actions import Manner
from oss_cdn_refresh_box.smq.errors import SmqError
from oss_cdn_refresh_box.smq.queue import Counts, Message, Queue, QueueAttributes
from oss_cdn_refresh_box.smq.service import Call, Smq

__all__ = ["Call", "Counts", "Manner", "Message", "Queue", "QueueAttributes", "Smq", "SmqError"]
