"""Where the configuration lies, in a file or in OSS, and how long an instance keeps it.

A file is read once an instance. An object of OSS is asked for again at most once a minute, and read when its ETag
changed; where that fails, the last good one stays. `oss2` belongs to Function Compute's Python runtimes and takes long
to import: only a configuration in OSS pays for it.
"""

from pathlib import Path
from typing import Any, NamedTuple

from oss_cdn_refresh.config import Config, parse
from oss_cdn_refresh.effects import Effects
from oss_cdn_refresh.environment import Environment
from oss_cdn_refresh.errors import ConfigurationError
from oss_cdn_refresh.logs import Log

CODE_ROOT = Path(__file__).resolve().parent.parent
OSS = "oss://"
FRESH_SECONDS = 60.0
TIMEOUT = 10.0  # seconds for OSS to answer


class _Kept(NamedTuple):
    config: Config
    etag: str = ""
    asked_at: float = 0.0  # monotonic seconds


class Configured:
    """The configurations that an instance has read, by where they lie."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}

    def config(self, environment: Environment, effects: Effects, log: Log) -> Config:
        """The configuration that `REFRESH_CONFIG` names.

        :raises ConfigurationError: it cannot be read, or something in it is wrong, and there is no earlier one.
        """
        where = environment.config
        kept = self._kept.get(where)
        if not where.startswith(OSS):
            kept = kept or _Kept(_from_file(where))
        elif kept is None:
            kept = _from_oss(environment, effects, None)
        elif effects.monotonic() - kept.asked_at >= FRESH_SECONDS:
            try:
                kept = _from_oss(environment, effects, kept)
            except ConfigurationError as error:
                log.warning("configuration_kept", message=str(error))
                kept = kept._replace(asked_at=effects.monotonic())
        self._kept[where] = kept
        return kept.config


def _from_file(where: str) -> Config:
    try:
        text = (CODE_ROOT / where).read_bytes()
    except OSError as error:
        what = error.strerror or str(error)
        raise ConfigurationError(where, "the whole file", what, "set REFRESH_CONFIG to the file to read") from error
    return parse(text, where)


def _from_oss(environment: Environment, effects: Effects, kept: _Kept | None) -> _Kept:
    """Read the object, unless it is the one that we have."""
    import oss2  # noqa: PLC0415 - see the module's docstring

    where = environment.config
    bucket_name, _, key = where.removeprefix(OSS).partition("/")
    if not bucket_name or not key:
        raise ConfigurationError(
            "environment", "REFRESH_CONFIG", f'"{where}" names no object', "write oss://bucket/key"
        )
    if not environment.oss:
        raise ConfigurationError("environment", "OSS_ENDPOINT", "is not set", "give the base URL of OSS")
    now = effects.monotonic()
    bucket = _bucket(oss2, environment, bucket_name)
    try:
        answer = bucket.get_object(key, headers={"If-None-Match": kept.etag} if kept else None)
        text = answer.read()
    except (oss2.exceptions.OssError, OSError) as error:
        if kept and isinstance(error, oss2.exceptions.NotModified):
            return kept._replace(asked_at=now)
        what = f"{getattr(error, 'status', '')} {getattr(error, 'code', '') or type(error).__name__}".strip()
        raise ConfigurationError(
            where, "the whole file", what, "see that it is there and the role may read it"
        ) from error
    return _Kept(parse(text, where), answer.headers.get("ETag", ""), now)


def _bucket(oss2: Any, environment: Environment, name: str) -> Any:
    """Signed the newest way that the region allows: accounts since 2025 know only V4, which signs the region too."""
    version = oss2.AUTH_VERSION_4 if environment.region else oss2.AUTH_VERSION_1
    auth = oss2.StsAuth(*environment.credentials(), auth_version=version)
    region = environment.region or None
    return oss2.Bucket(auth, environment.oss, name, connect_timeout=TIMEOUT, region=region)
