"""What an invocation ends with: the handler's answer, or Function Compute's record of an error.

Facts: Function Compute 3.0, "Error handling (Python)", and the records of failure destinations printed on
"Asynchronous invocation". UNCONFIRMED: which `functionError` goes with what; printed are the two below.
"""

import json
from typing import NamedTuple

UNHANDLED = "UnhandledInvocationError"  # the handler raised, or its process ended
FAILED = "InvocationError"  # it took too long


class Answer(NamedTuple):
    """The payload as text, and the `functionError`, "" where there is none."""

    payload: str
    error: str = ""


def timed_out(what: str, seconds: float) -> Answer:
    """Function or initializer did not end in time; its instance is gone."""
    return Answer(json.dumps({"errorMessage": f"{what} timed out after {seconds:g} seconds"}), FAILED)


def exited() -> Answer:
    """The instance's process ended while it worked on a request."""
    return Answer(json.dumps({"errorMessage": "Process exited unexpectedly before completing request"}), UNHANDLED)
