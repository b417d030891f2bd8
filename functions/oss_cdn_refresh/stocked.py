"""The inventory that the configuration names, as an instance keeps it: read when the quota is short for the first time.

A file is read once. An object of OSS is asked for again at most every ten minutes, and read when its ETag changed.
Where there is none, or it cannot be read, plans are made without: less good ones, and none is wrong.
"""

from collections.abc import Mapping
from typing import NamedTuple

from oss_cdn_refresh.config import Config
from oss_cdn_refresh.configured import CODE_ROOT
from oss_cdn_refresh.effects import Effects
from oss_cdn_refresh.environment import Environment
from oss_cdn_refresh.errors import ConfigurationError
from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.session import Session

FRESH_SECONDS = 600.0


class _Kept(NamedTuple):
    config: Config
    live: Mapping[str, float]
    etag: str
    asked_at: float  # monotonic seconds


class Stocked:
    """The live URLs of one instance, by the directories that they lie in."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept: _Kept | None = None

    def live(self, config: Config, environment: Environment, effects: Effects, log: Log) -> Mapping[str, float] | None:
        """How many live URLs lie directly in each directory, by its URL; None where nothing tells."""
        where, now = config.collapse.inventory, effects.monotonic()
        if not where:
            return None
        kept = self._kept if self._kept and self._kept.config == config else None
        if kept and (not where.startswith("oss://") or now - kept.asked_at < FRESH_SECONDS):
            return kept.live
        try:
            self._kept = self._read(where, config, environment, now, kept)
        except ConfigurationError as error:
            log.warning("inventory_unknown", message=str(error))
            self._kept = kept._replace(asked_at=now) if kept else None
        return self._kept.live if self._kept else None

    def _read(self, where: str, config: Config, environment: Environment, now: float, kept: _Kept | None) -> _Kept:
        from oss_cdn_refresh.collapse import inventory  # noqa: PLC0415 - only where the quota is short

        etag = ""
        if where.startswith("oss://"):
            from oss_cdn_refresh import oss_object  # noqa: PLC0415 - only where it lies in OSS

            found = oss_object.read(
                where,
                endpoint=environment.oss,
                region=environment.region,
                who=environment.credentials(),
                session=self._session,
                timeout=environment.timeout,
                unless=kept.etag if kept else "",
            )
            if found is None and kept:
                return kept._replace(asked_at=now)
            body, etag = found or (b"", "")
        else:
            body = _file(where)
        return _Kept(config, inventory.parse(body, where).live(config), etag, now)


def _file(where: str) -> bytes:
    try:
        return (CODE_ROOT / where).read_bytes()
    except OSError as error:
        what = error.strerror or str(error)
        raise ConfigurationError(
            where, "the whole file", what, "name a file of the code, or oss://bucket/key"
        ) from error
