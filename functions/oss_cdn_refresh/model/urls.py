"""The spellings of a URL path: how clients percent-encode an object key.

The CDN caches an object under the URL that the client sent, and no document says how far it normalises the URL. Clients
encode some characters differently, so one object can be cached under several URLs.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import quote

OPTIONAL = "!$&'()*+,;=:@[]|^"  # some clients encode these, others do not
BROWSER = "/!$&'()*+,;=:@[]|"  # WHATWG URL, "path percent-encode set": browsers do not encode these
OLDER_BROWSER = BROWSER + "^"  # the set contains "^" since March 2025; Safari did not encode it before
ENCODE_URI_COMPONENT = "/!'()*"  # ECMA-262, encodeURIComponent, applied to each segment
EVERYTHING = "/"  # encode all but the slash

_plain = re.compile(r"[A-Za-z0-9_.~/-]+").fullmatch  # RFC 3986, "unreserved", and the slash
_optional = frozenset(OPTIONAL)
_encoded = r"%[0-9A-F]{2}"  # compiled only for a site with lower-case hex


def plain(path: str) -> bool:
    """Whether every client sends a path unchanged: it has nothing to encode, and no `.` or `..` segment."""
    return _plain(path) is not None and "/." not in path and path[0] != "."


def spelled_by_browser(path: str) -> str:
    """The path as a current browser sends it: UTF-8, percent-encoded with upper-case hex, `/` kept."""
    return quote(path, safe=BROWSER)


def _browser(path: str) -> tuple[str, ...]:
    return (quote(path, safe=BROWSER), quote(path, safe=OLDER_BROWSER)) if "^" in path else (quote(path, safe=BROWSER),)


def _lower(path: str) -> tuple[str, ...]:
    return (re.sub(_encoded, lambda found: found[0].lower(), quote(path, safe=EVERYTHING)),)


# The ways to spell a path, by their names in the configuration.
SPELLINGS: Mapping[str, Callable[[str], tuple[str, ...]]] = MappingProxyType(
    {
        "browser": _browser,
        "component": lambda path: (quote(path, safe=ENCODE_URI_COMPONENT),),
        "encoded": lambda path: (quote(path, safe=EVERYTHING),),
        "lower": _lower,  # all encoded, with lower-case hex
    }
)
ALL = ("browser", "component", "encoded")  # the spellings that known clients use


def spellings(path: str, wanted: tuple[str, ...] = ALL) -> tuple[str, ...]:
    """The distinct wanted spellings of a path, in the order of `wanted`, which holds names in `SPELLINGS`.

    `path` is untrusted text from an object key. A newline in it is encoded, so it never makes a second line.
    """
    if _optional.isdisjoint(path) and "lower" not in wanted:
        return (quote(path, safe=EVERYTHING),)
    return tuple(dict.fromkeys(spelled for name in wanted for spelled in SPELLINGS[name](path)))


def directory(path: str) -> str:
    """The part of a path up to its last `/`, which is included."""
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
    """All spellings that the URLs of an object need."""
    return Spelled(
        reachable(path), spellings(path, wanted), spellings(directory(path), wanted), spelled_by_browser(path)
    )


def reachable(path: str) -> bool:
    """Whether a client can ask for a path: clients resolve `.` and `..` segments before they send a request."""
    return not any(segment in (".", "..") for segment in path.split("/"))
