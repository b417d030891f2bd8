"""From object keys to the URLs under which a CDN has them cached.

A CDN caches by the URL as the client spells it, and how far it normalises is not documented. So one key can stand
behind several cached URLs: the spellings of its optional characters, the directory of an index page, the variants of
an image.
"""

import re
from urllib.parse import quote

OPTIONAL = "!$&'()*+,;=:@"  # RFC 3986, "pchar": may stand in a path as they are, and may be encoded
BROWSER = "/" + OPTIONAL  # WHATWG URL, "path percent-encode set": browsers leave them alone
ENCODE_URI_COMPONENT = "/!'()*"  # ECMA-262, encodeURIComponent, applied to each segment
EVERYTHING = "/"

_plain = re.compile(r"[A-Za-z0-9_.~/-]+").fullmatch  # RFC 3986, "unreserved", and the slash
_optional = frozenset(OPTIONAL)


def plain(path: str) -> bool:
    """Whether every client spells a path as it stands: it has nothing to encode and nothing to resolve."""
    return _plain(path) is not None and "/." not in path and path[0] != "."


def spelled_by_browser(path: str) -> str:
    """The path as a browser asks for it: UTF-8, percent-encoded with upper-case hex, `/` kept."""
    return quote(path, safe=BROWSER)


def spellings(path: str, *, every: bool) -> tuple[str, ...]:
    """Each way in which clients spell a path, the browser's first; only that one unless `every`.

    `path` is raw text from an object key; a newline in it can never become a second line.
    """
    browser = spelled_by_browser(path)
    if not every or _optional.isdisjoint(path):
        return (browser,)
    others = (quote(path, safe=ENCODE_URI_COMPONENT), quote(path, safe=EVERYTHING))
    return tuple(dict.fromkeys((browser, *others)))


def directory(path: str) -> str:
    """The part of a path up to and with its last `/`."""
    return path[: path.rfind("/") + 1]


def index_aliases(directory_path: str) -> tuple[str, ...]:
    """The other URLs that show a directory's index page: `/d/` and `/d`; for the root `/` alone."""
    bare = directory_path[:-1]
    return (directory_path, bare) if bare else (directory_path,)


def reachable(path: str) -> bool:
    """Whether a path can be asked for at all: clients resolve `.` and `..` before they send it."""
    return not any(segment in (".", "..") for segment in path.split("/"))
