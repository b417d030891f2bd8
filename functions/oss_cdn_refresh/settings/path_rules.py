r"""Rules for the paths and parts of URLs in a configuration: they must be spelled as clients send them.

Source: WHATWG URL, "path percent-encode set", "double-dot URL path segment" and the state machine's treatment of `\`.
"""

from string import Formatter

from oss_cdn_refresh.model.item import URL_LENGTH
from oss_cdn_refresh.model.urls import reachable
from oss_cdn_refresh.settings.checks import Complaint, Rule

HEX = frozenset("0123456789abcdefABCDEF")
BARE = frozenset('"<>`\\')  # WHATWG URL: characters that clients always encode in a path …
BARE_IN_TEMPLATES = frozenset("{}")  # … like these, which mark placeholders in templates
PLACEHOLDERS = (["dir", "", None], ["stem", "", None])  # as `string.Formatter` reads them
FILLED_IN = {"dir": "/dir/", "stem": "stem"}  # an example, to check a template with
MOST_PLACEHOLDERS = 4  # in a path; then the URL of the longest key still fits into a message of SMQ


def a_url_path(text: str) -> Complaint | None:
    """The rule for a path on a domain, spelled as in a URL."""
    if not text.startswith("/"):
        return "does not begin with /", "begin it with /"
    if "?" in text:
        return "has a query", "write the path alone"
    if not BARE_IN_TEMPLATES.isdisjoint(text):
        return _encoded_by_clients(BARE_IN_TEMPLATES, text)
    return _a_path(text) or url_characters(text)


def _a_path(text: str) -> Complaint | None:
    """The rule for a path that clients send unchanged."""
    if "//" in text:
        return "has //", "write a single /"
    if not reachable(text.replace("%2e", ".").replace("%2E", ".")):
        return "has a . or .. segment, which no client sends", "write the path that clients ask for"
    if any(not HEX.issuperset(after[:2]) or len(after) < 2 for after in text.split("%")[1:]):  # noqa: PLR2004 - RFC 3986
        return "has a % without two hex digits", "write %25 where the character is meant"
    if not BARE.isdisjoint(text):
        return _encoded_by_clients(BARE, text)
    return None


def _encoded_by_clients(characters: frozenset[str], text: str) -> Complaint:
    found = next(character for character in text if character in characters)
    meant = "/" if found == "\\" else f"%{ord(found):02X}"
    return f"has a {found}, which clients send as {meant}", f"write {meant}"


def a_variant(text: str) -> Complaint | None:
    """The rule for a variant: a suffix of an object's path, with or without a query."""
    path = text.partition("?")[0]
    if not BARE_IN_TEMPLATES.isdisjoint(path):
        return _encoded_by_clients(BARE_IN_TEMPLATES, path)
    return _a_path(f"/name{path}")


def a_short_part(before: int) -> Rule:
    """The rule for a part of a URL after `before` characters: it leaves space for one character of the key."""
    return lambda text: _too_long(before + len(text) + 1)


def a_short_template(before: int, path: str) -> Rule:
    """The rule for a template that is short enough for a URL, with `path` for `{dir}` and nothing for `{stem}`."""
    return lambda text: _too_long(before + len(text.replace("{dir}", path).replace("{stem}", "")))


def _too_long(characters: int) -> Complaint | None:
    if characters <= URL_LENGTH:
        return None
    return f"makes each URL longer than {URL_LENGTH:,} characters, which the CDN does not take", "write a shorter one"


def a_directory(text: str) -> Complaint | None:
    """The rule for a path that ends with `/`."""
    return None if text.endswith("/") else ("does not end with /", "end it with /")


def a_directory_template(text: str) -> Complaint | None:
    """The rule for a template whose path ends with `/` after its placeholders are filled in."""
    if "?" in text:
        return "has a query, which no directory has", "write the path alone"
    return None if text.endswith("{dir}") else a_directory(text)


def url_characters(text: str) -> Complaint | None:
    """The rule for text that is allowed in a URL without encoding."""
    if any(character.isspace() or not character.isprintable() for character in text):
        return "has white space or control characters", "percent-encode them as clients do"
    if "#" in text:
        return "has a #, which clients never send", "write %23 where the character is meant"
    if not text.isascii():
        return "has characters beyond ASCII", "percent-encode them as clients do"
    return None


def a_template(text: str) -> Complaint | None:
    """The rule for a template: a path on a domain, with placeholders."""
    if not text.startswith(("/", "{dir}")):
        return "does not begin with / or {dir}", "write a path of the domain"
    try:
        fields = [field for _, *field in Formatter().parse(text) if field[0] is not None]
    except ValueError:
        return "has a lone { or }", "write %7B or %7D where the character is meant"
    if any(field not in PLACEHOLDERS for field in fields):
        return "has an unknown placeholder", "only {dir} and {stem} are filled in"
    if len(fields) > MOST_PLACEHOLDERS:
        return f"has {len(fields):,} placeholders", f"write at most {MOST_PLACEHOLDERS}"
    if "{dir}/" in text:
        return "has {dir}/, and {dir} already ends with /", "write {dir}"
    return _a_path(text.format_map(FILLED_IN).partition("?")[0])
