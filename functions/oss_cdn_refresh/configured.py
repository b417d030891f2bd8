"""Where the configuration lies, in a file or in OSS, and how long an instance keeps it.

A file is read once an instance. An object of OSS is asked for again at most once a minute, and read when its ETag
changed; where that fails, the last good one stays.
"""

from pathlib import Path
from typing import NamedTuple

from oss_cdn_refresh.config import Config, parse
from oss_cdn_refresh.effects import Effects
from oss_cdn_refresh.environment import Environment
from oss_cdn_refresh.errors import ConfigurationError
from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.session import Session

CODE_ROOT = Path(__file__).resolve().parent.parent
FRESH_SECONDS = 60.0


class _Kept(NamedTuple):
    config: Config
    etag: str
    asked_at: float  # monotonic seconds


class Configured:
    """The configurations that an instance has read, by where they lie."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._kept: dict[str, _Kept] = {}

    def config(self, environment: Environment, effects: Effects, log: Log) -> Config:
        """The configuration that `REFRESH_CONFIG` names.

        :raises ConfigurationError: it cannot be read, or something in it is wrong, and there is no earlier one.
        """
        where, now = environment.config, effects.monotonic()
        kept = self._kept.get(where)
        if not where.startswith("oss://"):
            kept = kept or _Kept(_from_file(where), "", now)
        elif kept is None:
            kept = self._from_oss(environment, now, None)
        elif now - kept.asked_at >= FRESH_SECONDS:
            try:
                kept = self._from_oss(environment, now, kept)
            except ConfigurationError as error:
                log.warning("configuration_kept", message=str(error))
                kept = kept._replace(asked_at=now)
        self._kept[where] = kept
        return kept.config

    def _from_oss(self, environment: Environment, now: float, kept: _Kept | None) -> _Kept:
        from oss_cdn_refresh import oss_object  # noqa: PLC0415 - only a configuration in OSS needs it

        found = oss_object.read(
            environment.config,
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
        return _Kept(parse(body, environment.config), etag, now)


def _from_file(where: str) -> Config:
    try:
        text = (CODE_ROOT / where).read_bytes()
    except OSError as error:
        what = error.strerror or str(error)
        raise ConfigurationError(where, "the whole file", what, "set REFRESH_CONFIG to the file to read") from error
    return parse(text, where)
