"""Asks the services of an account, and returns a refusal as a `Problem`.

A service that once gave no answer is not asked again, so that a run waits at most once for each service.
"""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from typing import TypeVar
from xml.etree.ElementTree import ParseError

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.products import NAMES
from oss_cdn_refresh.transport.credentials import Credentials, Source
from oss_cdn_refresh_cli.clients import oss_sdk
from oss_cdn_refresh_cli.doctor.problems import NOT_FOUND, Kind, Problem, kind_of
from oss_cdn_refresh_cli.operation.credentials import NoCredentials
from oss_cdn_refresh_cli.shared.errors import Failed, Refused, Unanswered
from oss_cdn_refresh_cli.shared.output import shortened
from oss_cdn_refresh_cli.shared.waiting import waiting

LONGEST = 300  # characters of a service's message
ADDED = re.compile(r"^code: \d+, | request id: \S*$")  # the SDK adds it to the message

T = TypeVar("T")


class Service(Enum):
    """A service, as people call it."""

    CDN = "CDN"
    DCDN = "DCDN"
    ESA = "ESA"
    FUNCTION_COMPUTE = "Function Compute"
    OSS = "OSS"
    SMQ = "SMQ"
    RAM = "RAM"
    STS = "STS"


OF_PRODUCTS: Mapping[str, Service] = {name: Service[name.upper()] for name in NAMES}  # by the product's name
PAUSES: Mapping[Service, float] = {Service.ESA: 0.2}  # seconds between calls; no page names a limit of ESA


class Reader:
    """Asks services at their base URLs; a service without a base URL has a `Problem` instead.

    problems: of all failed questions, in order.
    answered: the services that gave a valid answer, refusals included.
    """

    def __init__(
        self, credentials: Source, endpoints: Mapping[Service, str | Problem], sleep: Callable[[float], None]
    ) -> None:
        self.problems: list[Problem] = []
        self.answered: set[Service] = set()
        self.credentials = _readable(credentials)
        self.endpoints = endpoints
        self._down: dict[Service, Problem] = {}
        self._sleep = sleep

    def ask(self, service: Service, action: str, call: Callable[[Credentials, str], T]) -> T | Problem:
        """The answer of a service, or why there is none. `call` gets the credentials and the service's base URL.

        `action` is the right that the question needs.
        """
        endpoint = self._down.get(service, self.endpoints[service])
        if isinstance(self.credentials, Problem):
            return self.credentials
        if isinstance(endpoint, Problem):
            return endpoint
        if service in PAUSES and service in self.answered:
            self._sleep(PAUSES[service])
        found = _called(service, action, call, self.credentials, endpoint)
        if not isinstance(found, Problem):
            self.answered.add(service)
            return found
        self.problems.append(found)
        if found.kind is Kind.ENDPOINT:
            self._down[service] = found
        elif found.kind is not Kind.CONFIG:
            self.answered.add(service)
        return found


def _readable(credentials: Source) -> Credentials | Problem:
    try:
        return credentials()
    except Failed as failed:
        remedy = failed.remedy if isinstance(failed, NoCredentials) else ""
        what = str(failed).removesuffix(f": {remedy}") if remedy else str(failed).rpartition(": ")[0]
        return Problem(Kind.CREDENTIALS, what, own_remedy=remedy)


def _called(
    service: Service, action: str, call: Callable[[Credentials, str], T], credentials: Credentials, endpoint: str
) -> T | Problem:
    """The result of a call, or the problem for the error that an SDK raises."""
    from Tea.exceptions import TeaException  # noqa: PLC0415 - the SDKs take half a second to import

    try:
        with waiting(service.value, endpoint):
            return call(credentials, endpoint)
    except (TeaException, oss_sdk.module().exceptions.OssError, Refused, CallRefused) as error:
        code, status, message = _said(error)
    except Failed as error:  # the question itself is invalid
        message, _, own_remedy = str(error).rpartition(": ")
        return Problem(Kind.CONFIG, message, service.value, action, own_remedy=own_remedy)
    except (OSError, ValueError, TypeError, AttributeError, KeyError, RuntimeError, ParseError):
        code, status, message = (
            "",
            0,
            "",
        )  # no connection, or an unreadable answer such as HTML
    if not code:
        message = f"{endpoint} gave no answer that {service.value} gives"
        return Problem(Kind.ENDPOINT, message, service.value, action, "NoAnswer")
    line = " ".join(ADDED.sub("", credentials.redacted(message)).split())
    return Problem(kind_of(code, status), shortened(line, LONGEST), service.value, action, code)


def _said(error: Exception) -> tuple[str, int, str]:
    """Code, HTTP status and message of a refusal; the code is "" if no service refused."""
    from alibabacloud_tea_openapi.exceptions import AlibabaCloudException  # noqa: PLC0415 - as above

    oss2 = oss_sdk.module().exceptions
    if isinstance(error, AlibabaCloudException):
        return "" if str(error.code) == "None" else str(error.code), int(error.status_code or 0), str(error.message)
    if isinstance(error, oss2.OssError):
        if error.status == oss2.OSS_CLIENT_ERROR_STATUS and "endpoint" not in str(error.body):
            return "InvalidBucketName", NOT_FOUND, "no bucket can have that name"
        return str(error.code), int(error.status), str(error.message)
    if isinstance(error, CallRefused):
        of_product = not error.unanswered and not error.code.startswith("HTTP")
        return error.code if of_product else "", 0, error.message
    if isinstance(error, Refused) and not isinstance(error, Unanswered):
        return error.code, 0, str(error)
    return "", 0, ""
