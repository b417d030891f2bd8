"""Where the configuration and the inventory lie, in files or in OSS, and how long an instance keeps what it has read.

A file is read once an instance. An object of OSS is asked for again after a while, and read when its ETag changed;
where that fails, the last good one stays.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.settings.environment import Environment
from oss_cdn_refresh.transport.session import Session

CODE_ROOT = Path(__file__).resolve().parent.parent.parent

Made = TypeVar("Made")


class _Kept(NamedTuple):
    made: object
    etag: str
    asked_at: float  # monotonic seconds


class Source(Generic[Made]):
    """What an instance has made of bytes that it has read, by where these lie.

    make: from the bytes and where they lie. fresh_seconds: for how long an object of OSS is cached. variable: what
    names the place, for complaints. kept: the event of the log line that says why a new one is not used.
    """

    def __init__(
        self, session: Session, make: Callable[[bytes, str], Made], *, fresh_seconds: float, variable: str, kept: str
    ) -> None:
        self._session = session
        self._make = make
        self._fresh_seconds = fresh_seconds
        self._variable = variable
        self._event = kept
        self._kept: dict[str, _Kept] = {}

    def read(self, where: str, environment: Environment, effects: Effects, log: Log) -> Made:
        """What lies there: a path from the code root on, or `oss://bucket/key`.

        :raises ConfigurationError: it cannot be read, or something in it is wrong, and there is no earlier one.
        """
        now = effects.monotonic()
        kept = self._kept.get(where)
        if not where.startswith("oss://"):
            kept = kept or _Kept(self._make(self._from_file(where), where), "", now)
        elif kept is None:
            kept = self._from_oss(where, environment, now, None)
        elif now - kept.asked_at >= self._fresh_seconds:
            try:
                kept = self._from_oss(where, environment, now, kept)
            except ConfigurationError as error:
                log.warning(self._event, message=str(error))
                kept = kept._replace(asked_at=now)
        self._kept[where] = kept
        return kept.made  # type: ignore[return-value]  # a named tuple of Python 3.10 cannot be generic

    def _from_oss(self, where: str, environment: Environment, now: float, kept: _Kept | None) -> _Kept:
        from oss_cdn_refresh.transport import oss_object  # noqa: PLC0415 - only who keeps something in OSS needs it

        found = oss_object.read(
            where,
            variable=self._variable,
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
        return _Kept(self._make(body, where), etag, now)

    def _from_file(self, where: str) -> bytes:
        try:
            return (CODE_ROOT / where).read_bytes()
        except (OSError, ValueError) as error:  # a NUL in a path is a ValueError
            what = getattr(error, "strerror", None) or str(error)
            remedy = f"set {self._variable} to the file to read"
            raise ConfigurationError(where, "the whole file", what, remedy) from error
