"""Asking the services of an account, each through its official SDK, and taking no for an answer.

A service that gave no answer once is not asked again: a run waits at most once for each of them.
"""

import re
import warnings
from collections.abc import Callable, Mapping
from enum import Enum
from typing import TypeVar
from xml.etree.ElementTree import ParseError

from ops.doctor.problems import Kind, Problem, kind_of
from ops.errors import Failed, Refused, Unanswered
from ops.output import shortened
from oss_cdn_refresh.credentials import Credentials, Source

LONGEST = 300  # characters of what a service says
AROUND = re.compile(r"^code: \d+, | request id: \S*$")  # what the SDK puts around it

T = TypeVar("T")


class Service(Enum):
    """A service, as people call it."""

    CDN = "CDN"
    FUNCTION_COMPUTE = "Function Compute"
    OSS = "OSS"
    SMQ = "SMQ"
    RAM = "RAM"
    STS = "STS"


class Reader:
    """Asks services that lie at base URLs, or for which a `Problem` says why they cannot be asked.

    problems: whatever was not told, in order.
    answered: the services that answered as they should, be it with a refusal.
    """

    def __init__(self, credentials: Source, endpoints: Mapping[Service, str | Problem]) -> None:
        self.problems: list[Problem] = []
        self.answered: set[Service] = set()
        self.who = _who(credentials)
        self.endpoints = endpoints
        self._down: dict[Service, Problem] = {}

    def ask(self, service: Service, action: str, call: Callable[[Credentials, str], T]) -> T | Problem:
        """What a service tells, or why it does not. `call` gets the credentials and the service's base URL.

        `action` is the right that it needs.
        """
        endpoint = self._down.get(service, self.endpoints[service])
        if isinstance(self.who, Problem):
            return self.who
        if isinstance(endpoint, Problem):
            return endpoint
        found = _called(service, action, call, self.who, endpoint)
        if not isinstance(found, Problem):
            self.answered.add(service)
            return found
        self.problems.append(found)
        if found.kind is Kind.ENDPOINT:
            self._down[service] = found
        else:
            self.answered.add(service)
        return found


def _who(credentials: Source) -> Credentials | Problem:
    try:
        return credentials()
    except Failed as failed:
        return Problem(Kind.CREDENTIALS, ": ".join(str(failed).split(": ")[:-1]))


def _called(
    service: Service, action: str, call: Callable[[Credentials, str], T], who: Credentials, endpoint: str
) -> T | Problem:
    """The result of a call, or what whichever SDK raises instead."""
    # The SDKs take half a second to import.
    from alibabacloud_tea_openapi.exceptions import AlibabaCloudException  # noqa: PLC0415
    from Tea.exceptions import TeaException  # noqa: PLC0415

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "invalid escape sequence")  # in docstrings of oss2, met when it is compiled
        from oss2.exceptions import OssError  # noqa: PLC0415

    def refused(code: str, status: int, told: str) -> Problem:
        line = " ".join(AROUND.sub("", who.redacted(told)).split())
        return Problem(kind_of(code, status), shortened(line, LONGEST), service.value, action, code)

    try:
        return call(who, endpoint)
    except AlibabaCloudException as error:
        if error.code and str(error.code) != "None":
            return refused(str(error.code), int(error.status_code or 0), str(error.message))
    except OssError as error:
        if error.code:
            return refused(str(error.code), int(error.status), str(error.message))
    except Unanswered:
        pass
    except Refused as error:
        return refused(error.code, 0, str(error))
    except (TeaException, OSError, ValueError, TypeError, AttributeError, KeyError, RuntimeError, ParseError):
        pass  # no connection, no answer in time, or one that the SDK cannot make anything of: a page of HTML, say
    what = f"{endpoint} gave no answer that {service.value} gives"
    return Problem(Kind.ENDPOINT, what, service.value, action, "NoAnswer")
