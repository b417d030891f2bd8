"""Writes HTML. Every text is untrusted input: it is escaped, and its invisible characters are shown as escapes."""

from collections.abc import Iterable
from html import escape

from oss_cdn_refresh_cli.shared.output import visible

ALONE = frozenset({"meta"})  # elements without an end


class Markup(str):
    """HTML that is written already, in contrast to a text."""

    __slots__ = ()


def element(name: str, /, *content: object, **attributes: str) -> Markup:
    """An element. A text in it is escaped; None is nothing.

    `class_` is the attribute `class`, `http_equiv` is `http-equiv`.
    """
    named = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(visible(value))}"' for key, value in attributes.items()
    )
    inner = "".join(map(_written, content))
    return Markup(f"<{name}{named}>{inner}" + ("" if name in ALONE else f"</{name}>"))


def joined(parts: Iterable[object]) -> Markup:
    """Parts one after the other."""
    return Markup("".join(map(_written, parts)))


def _written(part: object) -> str:
    return "" if part is None else part if isinstance(part, Markup) else escape(visible(str(part)))
