"""From object keys to the URLs under which a CDN has them cached.

A CDN caches by the URL as the client spells it, and how far it normalises is not documented. So one key can stand
behind several cached URLs: the spellings of its optional characters, the directory of an index page, the variants of
an image.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote

OPTIONAL = "!$&'()*+,;=:@[]|^"  # may stand in a path as they are, and may be encoded
BROWSER = "/!$&'()*+,;=:@[]|"  # WHATWG URL, "path percent-encode set": browsers leave these as they are
OLDER_BROWSER = BROWSER + "^"  # the set has had "^" since March 2025; Safari left it as it is before
ENCODE_URI_COMPONENT = "/!'()*"  # ECMA-262, encodeURIComponent, applied to each segment
EVERYTHING = "/"

_plain = re.compile(r"[A-Za-z0-9_.~/-]+").fullmatch  # RFC 3986, "unreserved", and the slash
_optional = frozenset(OPTIONAL)
_encoded = r"%[0-9A-F]{2}"  # compiled where a site asks for lower-case hex


def plain(path: str) -> bool:
    """Whether every client spells a path as it stands: it has nothing to encode and nothing to resolve."""
    return _plain(path) is not None and "/." not in path and path[0] != "."


def spelled_by_browser(path: str) -> str:
    """The path as a browser of today asks for it: UTF-8, percent-encoded with upper-case hex, `/` kept."""
    return quote(path, safe=BROWSER)


def _browser(path: str) -> tuple[str, ...]:
    return (quote(path, safe=BROWSER), quote(path, safe=OLDER_BROWSER)) if "^" in path else (quote(path, safe=BROWSER),)


def _lower(path: str) -> tuple[str, ...]:
    return (re.sub(_encoded, lambda found: found[0].lower(), quote(path, safe=EVERYTHING)),)


# What the configuration calls the ways to spell a path.
SPELLINGS: Mapping[str, Callable[[str], tuple[str, ...]]] = MappingProxyType(
    {
        "browser": _browser,
        "component": lambda path: (quote(path, safe=ENCODE_URI_COMPONENT),),
        "encoded": lambda path: (quote(path, safe=EVERYTHING),),
        "lower": _lower,  # all encoded, with lower-case hex
    }
)
ALL = ("browser", "component", "encoded")  # those that clients are known to use


def spellings(path: str, wanted: tuple[str, ...] = ALL) -> tuple[str, ...]:
    """Each of the wanted spellings of a path, in that order and each once; `wanted` holds names in `SPELLINGS`.

    `path` is raw text from an object key; a newline in it can never become a second line.
    """
    if _optional.isdisjoint(path) and "lower" not in wanted:
        return (quote(path, safe=EVERYTHING),)
    return tuple(dict.fromkeys(spelled for name in wanted for spelled in SPELLINGS[name](path)))


def directory(path: str) -> str:
    """The part of a path up to and with its last `/`."""
    return path[: path.rfind("/") + 1]


class Spelled(NamedTuple):
    """A path and its directory in each wanted spelling, and the path as browsers spell it.

    `reachable`: whether clients can ask for the path at all.
    """

    reachable: bool
    own: tuple[str, ...]
    directory: tuple[str, ...]
    browser: str


def spelled(path: str, wanted: tuple[str, ...]) -> Spelled:
    """All spellings that an object's URLs are made of."""
    return Spelled(
        reachable(path), spellings(path, wanted), spellings(directory(path), wanted), spelled_by_browser(path)
    )


def reachable(path: str) -> bool:
    """Whether a path can be asked for at all: clients resolve `.` and `..` before they send it."""
    return not any(segment in (".", "..") for segment in path.split("/"))
