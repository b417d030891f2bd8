"""What an instance of the function keeps between invocations: connections, rate limits, quota, configuration."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from oss_cdn_refresh.delivery.rate_limit import RateLimit
from oss_cdn_refresh.logs import Log
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh.model.quota import Quota
from oss_cdn_refresh.model.time_budget import RequestTime
from oss_cdn_refresh.products import product
from oss_cdn_refresh.products.api import Peer
from oss_cdn_refresh.settings import environment
from oss_cdn_refresh.settings.config import Config
from oss_cdn_refresh.settings.config_file import parse
from oss_cdn_refresh.settings.environment import Environment, wrong_level
from oss_cdn_refresh.settings.sources import Source
from oss_cdn_refresh.transport.session import Session

if TYPE_CHECKING:
    from oss_cdn_refresh.delivery.confirmation.look_ups import Pages
    from oss_cdn_refresh.planner.live_counts import LiveCounts
    from oss_cdn_refresh.products.interface import ProductClient

CONFIGURATION_SECONDS = 60.0  # for which a configuration in OSS is cached


def configurations(session: Session) -> Source[Config]:
    """The configurations that an instance keeps."""
    fresh = CONFIGURATION_SECONDS
    return Source(session, parse, fresh_seconds=fresh, variable="REFRESH_CONFIG", kept="configuration_kept")


class Instance:
    """One instance of the function."""

    def __init__(self, effects: Effects) -> None:
        self.effects = effects
        self.session = Session(effects.monotonic)
        self.missing_rights_reported: set[str] = set()  # to look up tasks, by product
        self._pages: dict[Target, Pages] = {}
        self._rate_limits: dict[str, RateLimit] = {}
        self._look_ups: dict[str, RateLimit] = {}
        self._preloads: dict[str, RateLimit] = {}
        self._learned: dict[str, set[str]] = {}
        self._quotas: dict[Target, Quota] = {}
        self.configurations = configurations(self.session)
        self.request_time = RequestTime()

    @cached_property
    def live_counts(self) -> "LiveCounts":
        """The inventory, which only a batch of the queue asks for."""
        from oss_cdn_refresh.planner.live_counts import LiveCounts  # noqa: PLC0415 - a cold start for one upload never needs it

        return LiveCounts(self.session)

    def rate_limit(self, target: Target) -> RateLimit:
        """The rate limit of the calls to a product, which belongs to the account."""
        return self._rate_limits.setdefault(target.product, RateLimit(self.effects.monotonic))

    def look_ups(self, target: Target) -> RateLimit:
        """The rate limit of the look-ups of a product."""
        return self._look_ups.setdefault(target.product, RateLimit(self.effects.monotonic))

    def look_up_pages(self, target: Target) -> "Pages":
        """The page at which each list of a target's tasks is read on."""
        return self._pages.setdefault(target, {})

    def preloads(self, target: Target) -> RateLimit:
        """The rate limit of the preload calls of a product."""
        return self._preloads.setdefault(target.product, RateLimit(self.effects.monotonic))

    def quota(self, target: Target) -> Quota:
        """The quotas of a target."""
        return self._quotas.setdefault(target, Quota(self.effects.monotonic))

    def prepare(self, context: Any, environ: Mapping[str, str]) -> None:
        """Load what the first invocation will need.

        :raises ConfigurationError: the configuration or the environment are wrong.
        """
        log = log_of(context, environ)
        read = environment.read(context, environ)
        self.configuration(read, log)

    def configuration(self, environment: Environment, log: Log) -> Config:
        """The configuration that an invocation works by; its endpoints are prepared.

        :raises ConfigurationError: it is wrong, or the environment lacks what it needs.
        """
        config = self.configurations.read(environment.config, environment, self.effects, log)
        if config.preloads and not environment.backlog:
            what = "is not set, and a site has preload, which follows a confirmation from the backlog"
            raise ConfigurationError("environment", "BACKLOG_QUEUE", what, "name the queue, or take preload out")
        self.session.prepare(*(environment.endpoint(target.product) for target in config.targets), environment.smq)
        return config

    def client(self, target: Target, environment: Environment, config: Config) -> "ProductClient":
        """A new client for a target, for one invocation; all clients share the instance's connections."""
        name, credentials = target.product, environment.credentials
        learned = self._learned.setdefault(name, set())
        peer = Peer(environment.endpoint(name), credentials, self.session, self.effects, learned)
        return product(name).Client(peer, target, config.ignore_params_type)


def log_of(context: Any, environ: Mapping[str, str]) -> Log:
    """The log of an invocation: what it needs is there even where the rest of the environment is wrong."""
    level = environ.get("LOG_LEVEL") or "INFO"
    log = Log(str(getattr(context, "request_id", None) or ""), level)
    wrong = wrong_level(environ)
    if wrong:
        log.warning("log_level_unknown", message=str(wrong))
    return log
