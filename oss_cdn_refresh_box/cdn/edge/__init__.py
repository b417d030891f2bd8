"""A caching edge of a CDN: what it serves, what its cache holds, and where it finds an object at its origin."""

from oss_cdn_refresh_box.cdn.edge.behaviour import Behaviour
from oss_cdn_refresh_box.cdn.edge.origin import Origin
from oss_cdn_refresh_box.cdn.edge.server import Edge, fetch, visit

__all__ = ["Behaviour", "Edge", "Origin", "fetch", "visit"]
