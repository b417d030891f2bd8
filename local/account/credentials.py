"""The access keys that OSS and SMQ know: the account's own, and temporary ones of STS."""

from collections.abc import Mapping
from math import inf
from typing import NamedTuple, Protocol


class Credential(Protocol):
    """What a service needs to know about an access key; `token` and `expires` make it one of STS."""

    @property
    def secret(self) -> str:
        """What it signs with."""

    @property
    def token(self) -> str:
        """The security token that goes with it, or ""."""

    @property
    def expires(self) -> float:
        """Its end, in seconds since the epoch."""


class Key(NamedTuple):
    """An access key: its secret, its security token if it is temporary, and its end in seconds since the epoch."""

    secret: str
    token: str = ""
    expires: float = inf


def find(keys: Mapping[str, str | Credential], identity: str) -> Credential | None:
    """The access key of that id, or None; a bare secret is a key without an end."""
    key = keys.get(identity)
    return Key(key) if isinstance(key, str) else key
