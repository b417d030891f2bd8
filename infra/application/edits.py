"""Edits of a text. An edit without its old text is an error: the package is made from files that others change."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple


class OutOfDate(Exception):
    """`<file>: <what>: <remedy>`: a file no longer has the text that the package changes."""


class Edited(NamedTuple):
    """The text of a file, with the edits so far."""

    file: Path
    text: str

    @classmethod
    def of(cls, file: Path) -> "Edited":
        """A file as it is."""
        return cls(file, file.read_text(encoding="utf-8"))

    def replaced(self, old: str, new: str) -> "Edited":
        """Replace a text that the file has once.

        :raises OutOfDate: the file does not have the text, or has it more than once.
        """
        return self._changed(re.escape(old), lambda _: new, old)

    def without(self, key: str) -> "Edited":
        """Remove a key of a YAML file, given with its indentation, and all lines below the key.

        :raises OutOfDate: the file does not have the text, or has it more than once.
        """
        indent = key[: len(key) - len(key.lstrip())]
        return self._changed(rf"^{re.escape(key)}:.*\n(?:{indent} .*\n)*", lambda _: "", key)

    def only_if(self, condition: str, first: str, last: str) -> "Edited":
        """Keep the lines from the one that begins with `first` to the one that begins with `last` on a condition.

        The condition is in the language of `s init`, and in comments, so the file is YAML before and after `s init`.
        :raises OutOfDate: the file does not have the lines, or has them more than once.
        """
        indent = first[: len(first) - len(first.lstrip())]
        lines = rf"^{re.escape(first)}(?:.*\n)*?{re.escape(last)}.*\n"
        start, end = f"{indent}# {{{{if {condition}}}}}\n", f"{indent}# {{{{/if}}}}\n"
        return self._changed(lines, lambda found: start + found + end, first)

    def _changed(self, pattern: str, change: Callable[[str], str], what: str) -> "Edited":
        found = re.findall(pattern, self.text, re.MULTILINE)
        if len(found) != 1:
            remedy = "change infra/application/derived.py, too"
            raise OutOfDate(f"{self.file.name}: {what.strip()!r} is in the file {len(found)} times, not once: {remedy}")
        return self._replace(text=re.sub(pattern, lambda match: change(match[0]), self.text, flags=re.MULTILINE))
