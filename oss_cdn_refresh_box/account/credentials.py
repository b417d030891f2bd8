"""The access keys that every service knows: the account's own, and temporary ones of STS."""

from collections.abc import Mapping
from math import inf
from types import MappingProxyType
from typing import NamedTuple


class Key(NamedTuple):
    """An access key: its secret, its security token if it is temporary, and its end in seconds since the epoch."""

    secret: str
    token: str = ""
    expires: float = inf


Keys = Mapping[str, str | Key]  # by access key id; a bare secret is a key without an end

KEYS: Keys = MappingProxyType({"AK": "SECRET"})  # of a service that is given no others


def find(keys: Keys, identity: str) -> Key | None:
    """The access key with this id, or None."""
    key = keys.get(identity)
    return Key(key) if isinstance(key, str) else key
