"""DCDN in a box: the CDN's API under DCDN's names, with DCDN's limits."""

from local.dcdn.api import LIMITS, Dcdn

__all__ = ["LIMITS", "Dcdn"]
