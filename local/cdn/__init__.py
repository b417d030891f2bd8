"""The CDN in a box: its refresh API, and an edge that serves stale bytes until a refresh reaches it."""

from local.cdn.api import Call, Cdn
from local.cdn.edge import Edge, visit
from local.cdn.ledger import Quota
from local.cdn.origin import Origin
from local.cdn.refresh import Limits

__all__ = ["Call", "Cdn", "Edge", "Limits", "Origin", "Quota", "visit"]
