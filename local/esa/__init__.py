"""ESA in a box: its API of sites, purges, preloads and their tasks."""

from local.esa.api import Esa
from local.esa.ledger import Quota
from local.esa.limits import LIMITS, Limits
from local.esa.sites import Site

__all__ = ["LIMITS", "Esa", "Limits", "Quota", "Site"]
