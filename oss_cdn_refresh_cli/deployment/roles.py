"""Decides what a role may do by its policies.

Facts: RAM, "Policy elements" and "Policy evaluation": an explicit Deny wins, actions are matched without regard to
case, `*` and `?` match anything, `NotAction` means all but those. A condition is not evaluated here.
"""

import json
import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple


class Answer(Enum):
    """Whether a role may do something."""

    YES = "yes"
    NO = "no"
    PERHAPS = "perhaps"  # a condition decides


class Statement(NamedTuple):
    """One statement of a policy."""

    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditional: bool
    excepting: bool = False  # NotAction: all actions but these

    def matches(self, action: str, resource: str) -> bool:
        """Whether the statement applies to an action on a resource."""
        return self.concerns(action) and any(_like(known, resource) for known in self.resources)

    def concerns(self, action: str) -> bool:
        """Whether the statement applies to an action on any resource."""
        return any(_like(known.lower(), action.lower()) for known in self.actions) is not self.excepting


class Role(NamedTuple):
    """A role: the services that may assume it, and all statements of all its policies."""

    name: str
    services: frozenset[str]
    statements: tuple[Statement, ...]

    def resources(self, action: str) -> tuple[str, ...]:
        """The resources on which the role may do an action, as its policies name them; denials are not regarded."""
        allowing = (each for each in self.statements if each.allows and each.concerns(action))
        return tuple(resource for statement in allowing for resource in statement.resources)

    def may(self, action: str, resource: str) -> Answer:
        """Whether the role may do an action on a resource."""
        fitting = [statement for statement in self.statements if statement.matches(action, resource)]
        if any(not statement.allows and not statement.conditional for statement in fitting):
            return Answer.NO
        allowing = [statement for statement in fitting if statement.allows]
        if not allowing:
            return Answer.NO
        denied_perhaps = any(not statement.allows for statement in fitting)
        if denied_perhaps or all(statement.conditional for statement in allowing):
            return Answer.PERHAPS
        return Answer.YES


def trusted(document: str) -> frozenset[str]:
    """The services that an AssumeRolePolicyDocument trusts."""
    found: set[str] = set()
    for statement in _statements(document):
        principal = statement.get("Principal")
        if statement.get("Effect") == "Allow" and isinstance(principal, Mapping):
            found.update(_texts(principal.get("Service")))
    return frozenset(found)


def statements(document: str) -> tuple[Statement, ...]:
    """The statements of a policy's document."""
    return tuple(
        Statement(
            statement.get("Effect") == "Allow",
            _texts(statement.get("NotAction" if "NotAction" in statement else "Action")),
            _texts(statement.get("Resource")),
            bool(statement.get("Condition")),
            "NotAction" in statement,
        )
        for statement in _statements(document)
    )


def _statements(document: str) -> Iterable[Mapping[str, Any]]:
    found = json.loads(document).get("Statement") or []
    return [found] if isinstance(found, Mapping) else found


def _texts(value: object) -> tuple[str, ...]:
    """One text or a list of them."""
    return (value,) if isinstance(value, str) else tuple(map(str, value)) if isinstance(value, list) else ()


def _like(pattern: str, text: str) -> bool:
    parts = (".*" if part == "*" else "." if part == "?" else re.escape(part) for part in re.split(r"([*?])", pattern))
    return re.fullmatch("".join(parts), text, re.DOTALL) is not None
