"""Headers that the operator adds to requests, for domains that require a Referer, a cookie or a token.

Only the edge gets them, never OSS. Their values may be secrets, so no message, log or state contains one.
Sources: RFC 9110, "Field names", "Field values", "Connection".
"""

import re
from collections.abc import Mapping, Sequence

HOPS = frozenset(  # headers of a connection, not of a request
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection"),
        *("te", "trailer", "transfer-encoding", "upgrade", "expect"),
    }
)
OURS = frozenset(  # headers on which the comparison depends
    {
        *("host", "content-length", "range", "accept-encoding"),
        *("if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"),
    }
)
LONGEST = 8_192  # characters; servers refuse longer ones

_name = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+").fullmatch
_value = re.compile("[\t\x20-\x7e\x80-\xff]*").fullmatch


def headers(texts: Sequence[str]) -> dict[str, str]:
    """The headers of `NAME: VALUE` texts, by their names.

    :raises ValueError: a text is no header; the message says which one and why, without its value.
    """
    found: dict[str, str] = {}
    for number, text in enumerate(texts, 1):
        name, colon, value = text.partition(":")
        value = value.strip(" \t")
        place = f"header {number}" if not colon or not _name(name) else name
        if not colon or not _name(name):
            raise ValueError(f'{place}: it is no header: write "NAME: VALUE"')
        if name.lower() in HOPS:
            raise ValueError(f"{place}: it is about the connection and not about the request: leave it out")
        if name.lower() in OURS:
            raise ValueError(f"{place}: the audit sets it itself, and its comparison depends on it: leave it out")
        if not value:
            raise ValueError(f"{place}: it has no value: write {name}: VALUE")
        if not _value(value):
            raise ValueError(f"{place}: its value has a line break, a control character or one beyond Latin-1")
        if len(value) > LONGEST:
            raise ValueError(f"{place}: its value has {len(value)} characters, more than {LONGEST}")
        if name.lower() in map(str.lower, found):
            raise ValueError(f"{place}: it is given twice: give it once")
        found[name] = value
    return found


def joined(own: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """The command's own headers and the added ones; an added header replaces an own one."""
    names = {name.lower() for name in added}
    return {**{name: value for name, value in own.items() if name.lower() not in names}, **added}
