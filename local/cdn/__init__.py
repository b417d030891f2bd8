"""The CDN in a box: its API of refreshes, preloads and their tasks, and an edge that serves stale bytes until then."""

from local.cdn.api import Cdn
from local.cdn.edge import Edge, Origin, visit
from local.cdn.ledger import Quota
from local.cdn.refresh import Limits
from local.cdn.service import Call
from local.cdn.tasks import Row, Script, Task

__all__ = ["Call", "Cdn", "Edge", "Limits", "Origin", "Quota", "Row", "Script", "Task", "visit"]
