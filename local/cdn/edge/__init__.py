"""A caching edge of a CDN: what it serves, what its cache holds, and where it finds an object at its origin."""

from local.cdn.edge.origin import Origin
from local.cdn.edge.server import Edge, fetch, visit

__all__ = ["Edge", "Origin", "fetch", "visit"]
