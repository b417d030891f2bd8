"""Reads a configuration value by value: each error names the place of the value and the remedy."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple, NoReturn

from oss_cdn_refresh.model.errors import ConfigurationError

HOST_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")
LABEL_LENGTH, DOMAIN_LENGTH = 63, 253  # RFC 1035
BUCKET_LENGTH = range(3, 64)  # OSS, "Bucket naming conventions"
QUEUE_LENGTH = 120  # SMQ, CreateQueue; another page allows 256 characters
LOWER_CASE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
LETTERS = LOWER_CASE | frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
SHOWN = 200  # characters of a value from the file in a message; the rest is cut off
KEY_BYTES = 1_023  # OSS, "Object naming conventions"

KINDS = {dict: "a mapping", list: "a list", str: "a text", int: "a whole number", type(None): "empty (null)"}

Complaint = tuple[str, str]  # what is wrong, and the remedy
Rule = Callable[[str], Complaint | None]


def _kind(value: Any) -> str:
    return "true or false" if isinstance(value, bool) else KINDS.get(type(value), f"of type {type(value).__name__}")


class Node(NamedTuple):
    """One value of a configuration file with its place, such as `sites[2].domains`."""

    file: str
    place: str
    value: Any

    def refuse(self, what: str, remedy: str) -> NoReturn:
        """Refuse this value.

        :raises ConfigurationError: always.
        """
        raise ConfigurationError(self.file, self.place or "the whole file", what, remedy)

    def _must_be(self, kind: type) -> None:
        if type(self.value) is not kind:
            self.refuse(f"is {_kind(self.value)}", f"write {KINDS[kind]}, or leave the key out where it has a default")

    def fields(self, known: Collection[str], required: Collection[str] = ()) -> dict[str, "Node"]:
        """The entries of a mapping. An unknown key is refused; the message names the most similar known key."""
        self._must_be(dict)
        for key in self.value:
            if key not in known:
                self.refuse(f"{cut(repr(key))} is no key here", _did_you_mean(cut(str(key)), known))
        for key in required:
            if key not in self.value:
                self.refuse(f"{key} is missing", "add it")
        inside = f"{self.place}." if self.place else ""
        return {key: Node(self.file, f"{inside}{key}", value) for key, value in self.value.items()}

    def entries(self, *, at_least_one: bool = False, at_most: int | None = None) -> Iterator["Node"]:
        """The entries of a list, in order."""
        self._must_be(list)
        if at_most is not None and len(self.value) > at_most:
            self.refuse(f"has {len(self.value):,} entries", f"write at most {at_most:,}")
        if at_least_one and not self.value:
            self.refuse("is an empty list", "name at least one")
        for number, value in enumerate(self.value):
            yield Node(self.file, f"{self.place}[{number}]", value)

    def text(self, *rules: Rule) -> str:
        """A text that is not empty and breaks none of the rules."""
        self._must_be(str)
        if not self.value:
            self.refuse("is an empty text", "write one, or leave the key out where it has a default")
        return self.text_or_empty(*rules)

    def text_or_empty(self, *rules: Rule) -> str:
        """A text that breaks none of the rules."""
        self._must_be(str)
        for rule in rules:
            complaint = rule(self.value)
            if complaint:
                self.refuse(f"{quoted(self.value)} {complaint[0]}", complaint[1])
        return str(self.value)

    def texts(self, *rules: Rule, at_least_one: bool = False, at_most: int | None = None) -> tuple[str, ...]:
        """A list of texts."""
        return tuple(entry.text(*rules) for entry in self.entries(at_least_one=at_least_one, at_most=at_most))

    def choice(self, *choices: str) -> str:
        """One of several words."""
        if self.value not in choices:
            shown = quoted(self.value) if isinstance(self.value, str) else _kind(self.value)
            self.refuse(f"is {shown}", f"write {' or '.join(choices)}")
        return str(self.value)

    def words(self, known: Collection[str], shorthands: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
        """A list of known words, each once, in the order of `known`; or one word that means a list."""
        if type(self.value) is not list:
            if isinstance(self.value, str) and self.value in shorthands:
                return shorthands[self.value]
            shown = quoted(self.value) if isinstance(self.value, str) else _kind(self.value)
            self.refuse(f"is {shown}", f"write {', '.join(shorthands)} or a list of {', '.join(known)}")
        seen: set[str] = set()
        for entry in self.entries(at_least_one=True):
            word = entry.text()
            if word not in known:
                entry.refuse(f"{quoted(word)} is no word here", _did_you_mean(word, known))
            if word in seen:
                entry.refuse(f"{quoted(word)} is listed twice", "take one out")
            seen.add(word)
        return tuple(word for word in known if word in seen)

    def yes_or_no(self) -> bool:
        """True or false."""
        if type(self.value) is not bool:
            shown = quoted(self.value) if isinstance(self.value, str) else _kind(self.value)
            self.refuse(f"is {shown}", "write true or false")
        return bool(self.value)

    def whole_number(self, *, at_least: int, at_most: int | None = None) -> int:
        """A whole number within its bounds."""
        self._must_be(int)
        if self.value < at_least:
            self.refuse(f"is {self.value}", f"write at least {at_least}")
        if at_most is not None and self.value > at_most:
            self.refuse(f"is {self.value}", f"write at most {at_most}")
        return int(self.value)


def quoted(text: str) -> str:
    """A text in quotes, without line breaks. A long text is cut off, and its length is shown."""
    shown = json.dumps(text[:SHOWN], ensure_ascii=False)
    return shown if len(text) <= SHOWN else f"{shown} ({len(text):,} characters)"


def cut(text: str) -> str:
    """A text for a message; a long text is cut off."""
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _did_you_mean(key: str, known: Collection[str]) -> str:
    import difflib  # noqa: PLC0415 - only a mistake needs it; at the top, it would slow down each cold start

    near = difflib.get_close_matches(key, known, n=1)
    return f"did you mean {near[0]}?" if near else f"take it out; known here are {', '.join(known)}"


def a_bucket(text: str) -> Complaint | None:
    """The rule for the name of a bucket (OSS, "Bucket naming conventions")."""
    if len(text) in BUCKET_LENGTH and LOWER_CASE.issuperset(text) and "-" not in (text[0], text[-1]):
        return None
    return "is no name of a bucket", "write 3 to 63 lower-case letters, digits and hyphens, no hyphen first or last"


def a_place(text: str) -> Complaint | None:
    """The rule for the location of a file: a path, or an object of OSS."""
    bucket, _, key = text.removeprefix("oss://").partition("/")
    if text.startswith("oss://") and (a_bucket(bucket) or not key):
        return "names no object", "write oss://bucket/key, or a path below the code"
    return ("has a NUL", "write oss://bucket/key, or a path below the code") if "\0" in text else None


def a_queue_name(text: str) -> Complaint | None:
    """The rule for the name of a queue (SMQ, CreateQueue)."""
    if 0 < len(text) <= QUEUE_LENGTH and LETTERS.issuperset(text) and text[0] != "-":
        return None
    return "is no name of a queue", "write 1 to 120 letters, digits and hyphens, no hyphen first"


def a_domain(text: str) -> Complaint | None:
    """The rule for an accelerated domain: no wildcard, no scheme, no port."""
    domain = text.lower()
    if "*" in domain or domain.startswith("."):
        return "is a wildcard, which the CDN does not refresh", "list each sub-domain"
    if "://" in domain:
        return "has a scheme", "write the bare domain, and the scheme as scheme: https or http"
    if not domain.isascii():
        return "is not ASCII", "write its xn-- form"
    if ":" in domain and "/" not in domain:
        return "has a port", "write the bare domain"
    if "." not in domain or not is_host(domain):
        return "is no domain", "write an accelerated domain such as www.example.com"
    return None


def is_host(text: str) -> bool:
    """Whether a text can be the name of a host, or an IPv4 address."""
    return 0 < len(text) <= DOMAIN_LENGTH and all(map(_is_label, text.lower().split(".")))


def _is_label(label: str) -> bool:
    return 0 < len(label) <= LABEL_LENGTH and label[0] != "-" and HOST_CHARACTERS.issuperset(label)


def a_prefix(text: str) -> Complaint | None:
    """The rule for a prefix of keys: a directory, or an empty text."""
    bare = text.strip("/*")
    remedy = f"write {quoted(f'{bare}/')}" if bare else "leave prefix out, which means every key"
    if text.startswith("/"):
        return "begins with /, which no key of OSS does", remedy
    if text and not text.endswith("/"):
        return "does not end with /", remedy
    if len(text.encode(errors="replace")) > KEY_BYTES:
        return "is longer than any key", f"write at most {KEY_BYTES:,} bytes"
    return None


def a_name(text: str) -> Complaint | None:
    """The rule for the last segment of a key."""
    if "/" in text:
        return "is a path", "write the last segment of the key alone"
    if "*" in text:
        return "is a glob, and only a key with the * itself would have that name", "write each name"
    return ("is a segment that no client asks for", "write a name such as index.html") if text in (".", "..") else None
