"""The CDN in a box: its refresh API, and an edge that serves stale bytes until a refresh reaches it."""

from local.cdn.api import Cdn
from local.cdn.calls import Call
from local.cdn.edge import Edge
from local.cdn.limits import Limits, Quota
from local.cdn.origin import Origin
from local.cdn.visitor import visit

__all__ = ["Call", "Cdn", "Edge", "Limits", "Origin", "Quota", "visit"]
