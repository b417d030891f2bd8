"""The settings of one invocation: the environment's variables, and the context of Function Compute."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from oss_cdn_refresh.logs import LEVELS
from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.model.time_budget import DEFAULT_TIMEOUT
from oss_cdn_refresh.products import NAMES, endpoint_variable, product
from oss_cdn_refresh.settings import checks
from oss_cdn_refresh.settings.checks import quoted
from oss_cdn_refresh.transport.credentials import Source, source

FIGURE_LENGTH = 9  # digits; a longer number is a mistake
PORT_LENGTH, LAST_PORT = 5, 65_535

DIRECT = "direct"  # DELIVERY: each invocation refreshes the changes of its event …
BATCHED = "batched"  # … or puts them into the backlog, and the queue trigger brings many of them back together


class Environment(NamedTuple):
    """The settings of one invocation. Endpoints are base URLs without a trailing `/`, or "" if unknown.

    endpoints: the given base URLs of products, by their names. calls_per_second: the deployment's limit for one
    instance, 0 for no limit. batched: only items from the queue trigger are sent to the products; all other items go
    into the backlog first.
    """

    config: str
    endpoints: Mapping[str, str]
    smq: str
    oss: str
    region: str
    backlog: str
    dead_letters: str
    calls_per_second: int
    batched: bool
    timeout: float
    credentials: Source

    def endpoint(self, name: str) -> str:
        """The base URL of a product: the given one, or the public one."""
        return self.endpoints.get(name) or product(name).endpoint(self.region)


def read(context: Any, environ: Mapping[str, str]) -> Environment:
    """Read the settings; once for each invocation.

    The default endpoint of OSS is the internal one of the region: the public endpoint answers 400
    PublicEndpointForbidden to accounts opened since 2025-03-20.

    :raises ConfigurationError: a variable is wrong, or a variable is missing that another variable needs.
    """
    region, account = str(getattr(context, "region", None) or ""), str(getattr(context, "account_id", None) or "")
    own_smq = f"https://{account}.mns.{region}.aliyuncs.com" if account and region else ""
    own_oss = f"https://oss-{region}-internal.aliyuncs.com" if region else ""
    return Environment(
        config=environ.get("REFRESH_CONFIG") or "config.yml",
        endpoints={name: base_url(endpoint_variable(name), environ, "") for name in NAMES},
        smq=base_url("SMQ_ENDPOINT", environ, own_smq),
        oss=base_url("OSS_ENDPOINT", environ, own_oss),
        region=region,
        backlog=_queue("BACKLOG_QUEUE", environ),
        dead_letters=_queue("DEAD_LETTER_QUEUE", environ),
        calls_per_second=calls_per_second(environ),
        batched=_batched(environ),
        timeout=_timeout(context),
        credentials=source(context, environ),
    )


def base_url(variable: str, environ: Mapping[str, str], default: str) -> str:
    """The endpoint in a variable, or the default: without a trailing `/`, with https if it has no scheme.

    :raises ConfigurationError: the value is not a base URL.
    """
    url = environ.get(variable) or default
    if not url:
        return ""
    scheme, _, rest = url.partition("://") if "://" in url else ("https", "", url)
    scheme, peer = scheme.lower(), rest.removesuffix("/")
    host, colon, port = peer.rpartition(":") if peer.rpartition("]")[2].count(":") else (peer, "", "")
    if scheme not in ("http", "https") or not _is_host(host) or (colon and not _is_port(port)):
        # The text before an @ may be a password, and the message is logged.
        shown = url if "@" not in url else f"…@{url.rpartition('@')[2]}"
        what = f"{checks.quoted(shown)} is no base URL"
        raise ConfigurationError("environment", variable, what, "write https://host or https://host:port")
    return f"{scheme}://{peer}"


def _is_host(host: str) -> bool:
    if host.startswith("["):
        from ipaddress import AddressValueError, IPv6Address  # noqa: PLC0415 - such endpoints are rare

        try:
            IPv6Address(host[1:-1])
        except AddressValueError:
            return False
        return host.endswith("]") and "%" not in host
    return checks.is_host(host)


def _is_port(port: str) -> bool:
    return port.isascii() and port.isdecimal() and len(port) <= PORT_LENGTH and 0 < int(port) <= LAST_PORT


def _queue(variable: str, environ: Mapping[str, str]) -> str:
    name = environ.get(variable) or ""
    return checks.Node("environment", variable, name).text_or_empty(checks.a_queue_name) if name else ""


def calls_per_second(environ: Mapping[str, str]) -> int:
    """How many calls an instance may make in a second; 0 for no limit.

    :raises ConfigurationError: CALLS_PER_SECOND is not a whole number.
    """
    text = environ.get("CALLS_PER_SECOND") or "0"
    if not (text.isascii() and text.isdecimal() and len(text) <= FIGURE_LENGTH):
        what = f"{checks.quoted(text)} is no whole number"
        raise ConfigurationError("environment", "CALLS_PER_SECOND", what, "write one, or leave it out")
    return int(text)


def _batched(environ: Mapping[str, str]) -> bool:
    delivery = environ.get("DELIVERY") or DIRECT
    if delivery not in (DIRECT, BATCHED):
        raise ConfigurationError(
            "environment", "DELIVERY", f"{checks.quoted(delivery)} is unknown", f"write {DIRECT} or {BATCHED}"
        )
    if delivery == BATCHED and not environ.get("BACKLOG_QUEUE"):
        what = "is not set, and DELIVERY is batched"
        raise ConfigurationError("environment", "BACKLOG_QUEUE", what, "name the queue that the changes wait in")
    return delivery == BATCHED


def _timeout(context: Any) -> float:
    timeout = getattr(getattr(context, "function", None), "timeout", None)
    return float(timeout) if isinstance(timeout, (int, float)) and timeout > 0 else DEFAULT_TIMEOUT


def wrong_level(environ: Mapping[str, str]) -> ConfigurationError | None:
    """The mistake in LOG_LEVEL, or None. It is returned, not raised: a wrong log level must not stop the function."""
    level = environ.get("LOG_LEVEL") or "INFO"
    if level in LEVELS:
        return None
    what = f"{quoted(level)} is no level, and INFO is taken"
    return ConfigurationError("environment", "LOG_LEVEL", what, f"write {', '.join(LEVELS[:-1])} or {LEVELS[-1]}")
