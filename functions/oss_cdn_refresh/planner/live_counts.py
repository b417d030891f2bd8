"""The inventory that the configuration names, as an instance keeps it: read when the quota is short for the first time.

Where there is none, or it cannot be read, plans are made without: less good ones, and none is wrong.
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

if TYPE_CHECKING:  # read where the quota is short, which is seldom
    from oss_cdn_refresh.planner.inventory import Inventory

FRESH_SECONDS = 600.0


class _Live(NamedTuple):
    inventory: "Inventory"
    config: Config
    counts: Mapping[str, float]


def _parsed(body: bytes, where: str) -> "Inventory":
    from oss_cdn_refresh.planner.inventory import parse  # noqa: PLC0415 - see above

    return parse(body, where)


class LiveCounts:
    """The live URLs of one instance, by the directories that they lie in."""

    def __init__(self, session: Session) -> None:
        self._source = Source(
            session, _parsed, fresh_seconds=FRESH_SECONDS, variable="collapse.inventory", kept="inventory_unknown"
        )
        self._live: _Live | None = None

    def live(self, config: Config, environment: Environment, effects: Effects, log: Log) -> Mapping[str, float] | None:
        """How many live URLs lie directly in each directory, by its URL; None where nothing tells."""
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
