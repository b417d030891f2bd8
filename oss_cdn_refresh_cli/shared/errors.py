"""What ends a command, and what its exit code says.

Failed                 something could not be done: one line that says what, where and what to do
├── NotSet             a setting is missing that the command needs
└── Refused            a service said no; `code` is its own
    ├── CredentialsRefused  it does not accept the credentials: nothing that asks it will succeed
    └── Unanswered     no answer came that can be understood: what was asked for may have been done all the same
"""

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    FOUND = 1  # something waits, fails, was deferred or given up
    COULD_NOT = 2

    @staticmethod
    def of(*, found: bool = False, failed: bool = False) -> "Exit":
        """The code of a command that found something, or could not do something, or both: what was found wins."""
        return Exit.FOUND if found else Exit.COULD_NOT if failed else Exit.DONE


class Failed(Exception):
    """`<what is wrong>: <what to do>`, for people."""


class NotSet(Failed):
    """A setting is missing."""

    def __init__(self, variable: str, what_for: str) -> None:
        option = variable.lower().replace("_", "-")
        super().__init__(f"{variable} is not set: {what_for}: set the variable or give --{option}")


class Refused(Failed):
    """A service refused a request. `code` is what it calls that."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class CredentialsRefused(Refused):
    """A service does not accept the credentials."""


class Unanswered(Refused):
    """No answer came, or none that can be understood. The service may have done what was asked."""
