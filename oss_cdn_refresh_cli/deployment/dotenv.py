r"""Reads the `.env` beside a template as `s` reads it, and changes it without a change of its other lines.

Facts: `s` 3 reads it with the npm package dotenv 16 (`parse` of its lib/main.js). A byte order mark is dropped. A line
is `KEY=value`, `KEY: value` or `export KEY=value`; the last value of a repeated key counts. Values in ', " or ` may
span several lines, and only in " are `\n` and `\r` line breaks. Outside quotes a value ends at `#` or at the end of its
line, without the white space before and after it. Other lines are skipped.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from oss_cdn_refresh_cli.shared.errors import Failed

BYTE_ORDER_MARK = "\ufeff"
MARKS_OF_UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # its byte order marks; without one, its ASCII characters have a NUL byte

_WHITE = "\t\n\v\f\r \u00a0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000\ufeff"
_SPACE = f"[{_WHITE}]"  # JavaScript's white space, which is not Python's
_START, _END = r"(?<![^\n\u2028\u2029])", r"(?![^\n\u2028\u2029])"  # of a line; JavaScript's lines end at these three
_ASSIGNMENT = re.compile(
    rf"""
    {_START} {_SPACE}* (?:export{_SPACE}+)?
    (?P<key>[\w.-]+)
    (?P<sign>{_SPACE}*={_SPACE}*?|:{_SPACE}+?)
    (?P<value>{_SPACE}*'(?:\\'|[^'])*'|{_SPACE}*"(?:\\"|[^"])*"|{_SPACE}*`(?:\\`|[^`])*`|[^\#\r\n]+)?
    {_SPACE}* (?:\#[^\n\u2028\u2029]*)? {_END}
    """,
    re.VERBOSE | re.ASCII,
)
_QUOTED = re.compile(rf"{_START}(['\"`])(.*)\1{_END}", re.DOTALL)


class UnreadableDotenv(Failed):
    """`<file>: <place>: <what>: <remedy>`; a person must save the file in another way."""

    def __init__(self, file: Path, place: str, what: str, remedy: str) -> None:
        super().__init__(f"{file.name}: {place}: {what}: {remedy}")


def read(file: Path) -> dict[str, str]:
    """The variables of a `.env` file, in the order of their keys; {} if the file does not exist.

    :raises UnreadableDotenv: the file cannot be opened, or is not UTF-8.
    """
    if not file.is_file():  # `s` skips a folder of that name too, such as an environment of Python
        return {}
    variables = parse(_text(file))
    for key, value in variables.items():
        if any("\udc80" <= character <= "\udcff" for character in value):  # bytes that are no UTF-8
            raise UnreadableDotenv(file, key, "its value is not UTF-8", "save the file as UTF-8")
    return variables


def parse(text: str) -> dict[str, str]:
    """The variables of the text of a `.env` file, as dotenv 16 finds them."""
    return {match["key"]: _unquoted(match["value"] or "") for match in _assignments(_one_kind_of_line_end(text))}


def write(file: Path, name: str, value: str) -> None:
    """Set one variable of a `.env` file, at its end, and leave all other lines as they are.

    `value` has no quotes, `#`, white space around it or line ends.

    :raises UnreadableDotenv: the file cannot be opened, is not UTF-8, or ends so that a further line changes others.
    """
    before = _text(file) if file.is_file() else ""
    wanted = {**parse(before), name: value}
    kept = _without(before, name)
    line_end = "\r\n" if "\r\n" in before else "\n"
    closed = kept if kept.endswith(("\n", "\r")) or not kept.strip(BYTE_ORDER_MARK) else kept + line_end
    # A key with a colon and no value takes the next line for its value, unless that is an empty one.
    for start in (closed, closed + line_end, before + 2 * line_end):
        after = f"{start}{name}={value}{line_end}"
        if parse(after) == wanted:
            file.write_bytes(after.encode("utf-8", "surrogateescape"))
            return
    remedy = f"fix its last line, and write {name}={value} on a line of its own"
    raise UnreadableDotenv(file, name, "cannot be set without a change of other variables", remedy)


def _text(file: Path) -> str:
    try:
        content = file.read_bytes()
    except OSError as error:
        what = f"cannot be read ({error.strerror})"
        raise UnreadableDotenv(file, "the whole file", what, "let this user read it") from error
    if content.startswith(MARKS_OF_UTF_16) or b"\0" in content:
        raise UnreadableDotenv(file, "the whole file", "is UTF-16, which s cannot read", "save it as UTF-8")
    return content.decode("utf-8", "surrogateescape")  # a comment may have another encoding


def _one_kind_of_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _assignments(lines: str) -> Iterator[re.Match[str]]:
    return _ASSIGNMENT.finditer(lines)


def _unquoted(written: str) -> str:
    trimmed = written.strip(_WHITE)
    value = _QUOTED.sub(r"\2", trimmed)
    return value.replace(r"\n", "\n").replace(r"\r", "\r") if trimmed.startswith('"') else value


def _without(text: str, name: str) -> str:
    """The text without the lines that assign a variable."""
    lines = _one_kind_of_line_end(text)
    where = [at for at, character in enumerate(text) if not (character == "\n" and text[at - 1 : at] == "\r")]
    where.append(len(text))  # `where[n]` is the place in `text` of the n-th character of `lines`
    kept, end = [], 0
    for match in _assignments(lines):
        if match["key"] == name:
            last = match.end("value") if match["value"] else match.end("sign")
            start = lines.rfind("\n", 0, match.start("key")) + 1
            next_line = lines.find("\n", last) + 1 or len(lines)
            kept.append(text[where[end] : where[start]])
            end = next_line
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    rest = "".join([*kept, text[where[end] :]])
    return rest if rest.startswith(mark) else mark + rest
