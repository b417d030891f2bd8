"""DCDN in a box: the CDN's API under DCDN's names, with DCDN's limits."""

from oss_cdn_refresh_box.dcdn.api import LIMITS, Dcdn

__all__ = ["LIMITS", "Dcdn"]
