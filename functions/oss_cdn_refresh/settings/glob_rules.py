"""Refuses globs that match no key, such as globs of other tools, and suggests the glob that was probably meant.

Facts: OSS, "Object naming conventions": a key has at most 1,023 bytes of UTF-8 and does not begin with `/`.
"""

import re

from oss_cdn_refresh.settings.checks import KEY_BYTES, SHOWN, Complaint, Rule, quoted
from oss_cdn_refresh.settings.globs import alternatives, can_match, count, length, patterns

MOST_ALTERNATIVES = 200  # combinations of braces and `**/` in one glob
READABLE = 1_000  # characters; a longer glob, or one with more than READABLE / 50 braces, gets no suggestion
FOLDER_OBJECTS = "*/"

_ELSEWHERE = re.compile(r"(?:!|/|\.{1,2}/)+")  # how globs of other tools begin
_EMPTY_FIRST = re.compile(r"\{,[^{}]*\}")


def a_glob(prefix: str = "", opposite: str = "") -> Rule:
    """The rule for a glob that can match a key with this prefix; `opposite` is the list for a glob with `!`."""

    def rule(text: str) -> Complaint | None:
        wrong = _wrong(text, prefix)
        return (wrong, _remedy(text, prefix, opposite)) if wrong else None

    return rule


def _wrong(glob: str, prefix: str) -> str:
    """The mistake in a glob, or ""."""
    wrong = _wrong_beginning(glob) or _wrong_braces(glob)
    if wrong:
        return wrong
    if count(glob, MOST_ALTERNATIVES) > MOST_ALTERNATIVES:
        return f"has more than {MOST_ALTERNATIVES} combinations of braces and **/"
    every = alternatives(glob)
    wrong = next(filter(None, (_wrong_beginning(each) or _wrong_end(each) for each in every)), "")
    if wrong:
        return wrong
    if not any(_shortest(pattern) <= KEY_BYTES for pattern in patterns(glob)):
        return f"is longer than any key, which has at most {KEY_BYTES:,} bytes"
    if not any(can_match(pattern, prefix) for pattern in patterns(glob)):
        return f"matches no key that begins with the site's prefix {quoted(prefix)}"
    return ""


def _wrong_beginning(glob: str) -> str:
    if glob.startswith("!"):
        return "begins with !, and a glob cannot exclude keys that another one matches"
    if glob.startswith("/"):
        return "begins with /, which no key does"
    return "begins with a . or .. segment, which no client asks for" if glob.startswith(("./", "../")) else ""


def _wrong_end(glob: str) -> str:
    matches_folders = glob.endswith("/") and glob != FOLDER_OBJECTS
    return "ends with /, and so matches folder objects alone" if matches_folders else ""


def _wrong_braces(glob: str) -> str:
    inside, commas, part = False, 0, ""
    for character in glob:
        if character == "{":
            if inside:
                return "has braces inside braces"
            inside, commas, part = True, 0, ""
        elif not inside:
            if character == "}":
                return "has a } without its {"
        elif character in ",}":
            if not part:
                return "has an empty part in its braces"
            if character == "}" and not commas:
                return "has braces with a single part"
            inside, commas, part = character == ",", commas + 1, ""
        else:
            part += character
    return "has a { that is not closed" if inside else ""


def _shortest(pattern: str) -> int:
    """The approximate length, in bytes, of the shortest key that a pattern matches: a `?` counts as one byte."""
    return length(pattern) - 1 if pattern.isascii() else len(pattern.replace("*", "").encode(errors="replace"))


def _remedy(glob: str, prefix: str, opposite: str) -> str:
    if count(glob, MOST_ALTERNATIVES) > MOST_ALTERNATIVES and not _wrong_braces(glob):
        return "write it as several globs"
    meant = _meant(glob, prefix)
    if not meant or len(meant) > SHOWN or _wrong(meant, prefix):  # a glob that is cut off would be another glob
        return "see docs/configuration.md, Globs"
    if glob.startswith("!") and opposite:
        return f"did you mean {quoted(meant)} in {opposite}?"
    without = _meant(_EMPTY_FIRST.sub("", glob), prefix) if _EMPTY_FIRST.search(glob) else ""
    return f"did you mean {quoted(without)} and {quoted(meant)}?" if without else f"did you mean {quoted(meant)}?"


def _meant(glob: str, prefix: str) -> str:
    """The glob of our dialect that was probably meant; "" if none can be suggested."""
    if len(glob) > READABLE or glob.count("{") > READABLE // 50:
        return ""
    meant = _unnested(_repaired(glob))
    if count(meant, MOST_ALTERNATIVES) > MOST_ALTERNATIVES:
        return ""
    every = alternatives(meant)
    if any(_wrong_beginning(each) or _wrong_end(each) for each in every):
        meant = _braced(dict.fromkeys(map(_repaired, every)))
    if any(can_match(pattern, prefix) for pattern in patterns(meant)):
        return meant
    above = meant.rstrip("*").rstrip("/") + "/"
    return f"{prefix}*" if prefix.startswith(above) else prefix + meant


def _repaired(glob: str) -> str:
    """The glob without a wrong beginning. A directory becomes the glob of all objects below it."""
    rest = glob[begins.end() :] if (begins := _ELSEWHERE.match(glob)) else glob
    return f"{rest}*" if not rest or _wrong_end(rest) else rest


def _unnested(glob: str) -> str:
    """The glob with repaired braces: each is closed, has two or more parts, and contains no other braces."""
    left = list(reversed(glob))
    written = ""
    while left:
        character = left.pop()
        if character == "{":
            written += _braced(_parts(left))
        elif character != "}":
            written += character
    return written


def _braced(parts: dict[str, None]) -> str:
    return "".join(parts) if len(parts) <= 1 else f"{{{','.join(parts)}}}"


def _parts(left: list[str]) -> dict[str, None]:
    """The parts of the braces that have just been opened, with inner braces multiplied out; takes them from `left`."""
    parts: dict[str, None] = {}
    texts = [""]
    closed = False
    while left and not closed:
        character = left.pop()
        if character in ",}":
            parts |= dict.fromkeys(filter(None, texts))
            texts, closed = [""], character == "}"
        else:
            endings = _parts(left) or {"": None} if character == "{" else {character: None}
            texts = [text + ending for text in texts for ending in endings][: MOST_ALTERNATIVES + 1]
    return parts | dict.fromkeys(filter(None, texts))
