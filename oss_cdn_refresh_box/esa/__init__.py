"""ESA in a box: its API of sites, purges, preloads and their tasks."""

from oss_cdn_refresh_box.esa.api import Esa
from oss_cdn_refresh_box.esa.ledger import Quota
from oss_cdn_refresh_box.esa.limits import LIMITS, Limits
from oss_cdn_refresh_box.esa.sites import Site

__all__ = ["LIMITS", "Esa", "Limits", "Quota", "Site"]
