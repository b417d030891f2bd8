"""The CDN in a box: its API of refreshes, preloads and their tasks, and an edge that serves stale bytes until then."""

from oss_cdn_refresh_box.cdn.api import Cdn
from oss_cdn_refresh_box.cdn.edge import Edge, Origin, visit
from oss_cdn_refresh_box.cdn.ledger import Counting, Quota
from oss_cdn_refresh_box.cdn.refresh import Limits
from oss_cdn_refresh_box.cdn.service import Call
from oss_cdn_refresh_box.cdn.tasks import Row, Script, Task

__all__ = ["Call", "Cdn", "Counting", "Edge", "Limits", "Origin", "Quota", "Row", "Script", "Task", "visit"]
