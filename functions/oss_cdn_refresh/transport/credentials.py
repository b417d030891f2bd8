"""The credentials of the function's role, with which it signs its calls."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from oss_cdn_refresh.model.errors import ConfigurationError


class Credentials(NamedTuple):
    """An access key, and its STS token or "". They are never shown."""

    access_key_id: str
    access_key_secret: str
    security_token: str = ""

    def __repr__(self) -> str:
        return "Credentials(…)"

    def redacted(self, text: str) -> str:
        """A text from outside, without the key's id, its secret and its token."""
        for secret in filter(None, self):
            text = text.replace(secret, "***")
        return text


VARIABLES = ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN")

Source = Callable[[], Credentials]


def source(context: Any, environ: Mapping[str, str]) -> Source:
    """A function that reads the current credentials: the platform renews STS credentials while an instance lives.

    Function Compute puts them into `context.credentials` up to python3.10, and into the environment in later versions.
    """

    def read() -> Credentials:
        given: Any = getattr(context, "credentials", None)
        found: tuple[str | None, ...]
        if getattr(given, "access_key_id", None) and getattr(given, "access_key_secret", None):
            found = (given.access_key_id, given.access_key_secret, getattr(given, "security_token", None))
        else:
            found = tuple(environ.get(variable) for variable in VARIABLES)
        credentials = Credentials(*((value or "").strip() for value in found))
        if not credentials.access_key_id or not credentials.access_key_secret:
            raise ConfigurationError("environment", VARIABLES[0], "no credentials", "give the function a role")
        if not all(value.isascii() and value.isprintable() for value in credentials):
            raise ConfigurationError(
                "environment", VARIABLES[0], "the values are not valid credentials", "set them again"
            )
        return credentials

    return read
