"""Reads the inventory named in the configuration when the quota is short for the first time, and caches it.

Without an inventory, or if it cannot be read, the planner works with a guess: the plan is correct, but may have more
collateral.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.environment import Environment
from oss_cdn_refresh.settings.sources import Source
from oss_cdn_refresh.transport.session import Session

if TYPE_CHECKING:  # imported only when the quota is short, which is rare
    from oss_cdn_refresh.planner.inventory import Inventory

FRESH_SECONDS = 600.0


class _Live(NamedTuple):
    inventory: "Inventory"
    config: Config
    counts: Mapping[str, float]


def _parsed(body: bytes, location: str) -> "Inventory":
    from oss_cdn_refresh.planner.inventory import parse  # noqa: PLC0415 - needed only when the quota is short

    return parse(body, location)


class LiveCounts:
    """The inventory of one instance, as numbers of URLs in each directory."""

    def __init__(self, session: Session) -> None:
        self._source = Source(
            session, _parsed, fresh_seconds=FRESH_SECONDS, variable="collapse.inventory", kept="inventory_unknown"
        )
        self._live: _Live | None = None

    def live(self, config: Config, environment: Environment, effects: Effects, log: Log) -> Mapping[str, float] | None:
        """How many URLs lie directly in each directory, by its URL; None without an inventory."""
        if not config.collapse.inventory:
            return None
        try:
            inventory = self._source.read(config.collapse.inventory, environment, effects, log)
        except ConfigurationError as error:
            log.warning("inventory_unknown", message=str(error))
            return None
        if not (self._live and self._live.inventory is inventory and self._live.config is config):
            self._live = _Live(inventory, config, inventory.live(config))
        return self._live.counts
