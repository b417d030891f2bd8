"""Configures the SDKs of the Tea family: Function Compute's, and the generic one of `doctor`. They make no retry."""

from typing import Any

from oss_cdn_refresh.transport.credentials import Credentials


def config(credentials: Credentials, endpoint: str, seconds: float) -> Any:
    """The configuration of a client for a base URL whose service may be silent for so many seconds."""
    from alibabacloud_tea_openapi.models import Config  # noqa: PLC0415 - each SDK takes half a second to import

    scheme, _, host = endpoint.partition("://")
    milliseconds = max(1, int(seconds * 1_000))
    return Config(
        *credentials[:2],
        security_token=credentials.security_token or None,
        endpoint=host,
        protocol=scheme,
        connect_timeout=milliseconds,
        read_timeout=milliseconds,
    )
