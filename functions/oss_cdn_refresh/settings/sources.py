"""Reads the configuration and the inventory from a file or from OSS, and caches them in the instance.

An instance reads a file once. It asks for an object of OSS again after some time, and reads it if its ETag has changed.
If that fails, the last good version stays in use.
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
    """Reads and caches the values that `make` makes of files or objects, by location.

    make: gets the bytes and their location. fresh_seconds: how long an object of OSS is cached. variable: the setting
    with the location, for error messages. kept: the event of the log line for an object that cannot be used.
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

    def read(self, location: str, environment: Environment, effects: Effects, log: Log) -> Made:
        """The value at a location: a path below the code root, or `oss://bucket/key`.

        :raises ConfigurationError: it cannot be read, or is wrong, and there is no earlier good version.
        """
        now = effects.monotonic()
        kept = self._kept.get(location)
        if not location.startswith("oss://"):
            kept = kept or _Kept(self._make(self._from_file(location), location), "", now)
        elif kept is None:
            kept = self._from_oss(location, environment, now, None)
        elif now - kept.asked_at >= self._fresh_seconds:
            try:
                kept = self._from_oss(location, environment, now, kept)
            except ConfigurationError as error:
                log.warning(self._event, message=str(error))
                kept = kept._replace(asked_at=now)
        self._kept[location] = kept
        return kept.made  # type: ignore[return-value]  # a named tuple of Python 3.10 cannot be generic

    def _from_oss(self, location: str, environment: Environment, now: float, kept: _Kept | None) -> _Kept:
        from oss_cdn_refresh.transport import oss_object  # noqa: PLC0415 - needed only for an object of OSS

        found = oss_object.read(
            location,
            variable=self._variable,
            endpoint=environment.oss,
            region=environment.region,
            credentials=environment.credentials(),
            session=self._session,
            timeout=environment.timeout,
            unless=kept.etag if kept else "",
        )
        if found is None and kept:
            return kept._replace(asked_at=now)
        body, etag = found or (b"", "")
        return _Kept(self._make(body, location), etag, now)

    def _from_file(self, location: str) -> bytes:
        try:
            return (CODE_ROOT / location).read_bytes()
        except (OSError, ValueError) as error:  # a NUL in a path is a ValueError
            what = getattr(error, "strerror", None) or str(error)
            remedy = f"set {self._variable} to the file to read"
            raise ConfigurationError(location, "the whole file", what, remedy) from error
