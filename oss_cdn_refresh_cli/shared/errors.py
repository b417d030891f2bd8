"""The errors that end a command, and the exit codes.

Failed                      a step failed; the message is one line with the place, the reason and the remedy
├── NotSet                  a setting is missing that the command needs
└── Refused                 a service refused a request; `code` is the service's own
    ├── CredentialsRefused  the service does not accept the credentials: every further request would fail
    └── Unanswered          no readable answer came: the service may have done what was requested
"""

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    FOUND = 1  # items are waiting, deferred or given up, or a check failed
    COULD_NOT = 2

    @staticmethod
    def of(*, found: bool = False, failed: bool = False) -> "Exit":
        """The code of a command that found something, failed at something, or both; FOUND comes before COULD_NOT."""
        return Exit.FOUND if found else Exit.COULD_NOT if failed else Exit.DONE


class Failed(Exception):
    """A step failed: `<place>: <reason>: <remedy>`, for people."""


class NotSet(Failed):
    """A setting is missing. why: the reason why the template does not give it, or ""."""

    def __init__(self, variable: str, what_for: str, why: str = "") -> None:
        option = variable.lower().replace("_", "-")
        what = f"{what_for} ({why})" if why else what_for
        super().__init__(f"{variable} is not set: {what}: set the variable or give --{option}")


class Refused(Failed):
    """A service refused a request. `code` is the service's own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class CredentialsRefused(Refused):
    """A service does not accept the credentials."""


class Unanswered(Refused):
    """No readable answer came. The service may have done what was requested."""
