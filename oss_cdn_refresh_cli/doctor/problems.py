"""The reasons why doctor could not read a fact, by the thing that has to be fixed.

Codes: "Common error codes" of OpenAPI, "Error codes" of Function Compute, OSS, SMQ and RAM, and the CDN's own
pages. The services have different codes and statuses for the same cause, so the code decides.
"""

from enum import Enum
from typing import NamedTuple

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.transport.oss_object import PUBLIC_ENDPOINT_FORBIDDEN, USE_INTERNAL_ENDPOINT
from oss_cdn_refresh_cli.clients.refusals import CLOCK, RIGHTS, grant, wrong

NOT_FOUND = 404  # HTTP


NO_CREDENTIALS = "no credentials"
NO_ESA_SITE = ("InvalidStationParameter", "SiteNotFound")  # ESA has no such site in this account


class Kind(Enum):
    """The thing that has to be fixed before doctor can read a fact."""

    CONFIG = "config"  # the configuration, or a setting
    CREDENTIALS = "credentials"
    CLOCK = "clock"
    RIGHTS = "rights"
    ACCOUNT = "account"  # the service is not open, or the account is in arrears
    ENDPOINT = "endpoint"  # no answer, or an answer of another service
    MISSING = "missing"  # the resource does not exist
    OTHER = "other"  # the service is busy, or its code is unknown


KINDS: dict[str, Kind] = {  # codes about the credentials are in `refusals.wrong`
    **dict.fromkeys(CLOCK, Kind.CLOCK),
    **dict.fromkeys(RIGHTS, Kind.RIGHTS),
    **dict.fromkeys(("CdnServiceNotFound", "DcdnServiceNotFound", "OperationDenied"), Kind.ACCOUNT),
    **dict.fromkeys(("InsufficientBalance", "UserDisable", "AccountArrears"), Kind.ACCOUNT),
    **dict.fromkeys(("AccountBlacklist", "AccountStatusIllegal"), Kind.ACCOUNT),
    **dict.fromkeys(("InvalidAction.NotFound", "InvalidVersion", "NoAnswer"), Kind.ENDPOINT),
    **dict.fromkeys(("AsyncConfigNotExists", "NoSuchBucket", "QueueNotExist"), Kind.MISSING),
    **dict.fromkeys(NO_ESA_SITE, Kind.MISSING),
}
REMEDIES = {
    Kind.CONFIG: "fix the finding of the check config first",
    Kind.CREDENTIALS: "fix the finding of the check credentials first",
    Kind.CLOCK: "set the clock of this machine first",
    Kind.ACCOUNT: "fix the finding of the check rights first",
    Kind.ENDPOINT: "fix the finding of the check endpoint first",
}


class Problem(NamedTuple):
    """A fact that doctor could not read.

    service: as people call it, such as `Function Compute`; "" if no service was asked.
    action: the right that the request needs, such as `fc:GetFunction`.
    code: the service's own, or "".
    message: in one line. own_remedy: the remedy, if it does not follow from the kind.
    """

    kind: Kind
    message: str
    service: str = ""
    action: str = ""
    code: str = ""
    own_remedy: str = ""

    @property
    def is_no_credentials(self) -> bool:
        """Whether no service was asked, because there are no credentials."""
        return self.kind is Kind.CREDENTIALS and not self.service

    @property
    def why(self) -> str:
        """The reason in a few words."""
        if self.kind is Kind.RIGHTS:
            return f"{self.action} is not granted to these credentials"
        if self.kind is Kind.CREDENTIALS and wrong(self.code):  # the texts of the services are long
            return f"{self.service}: {self.code}: {wrong(self.code)}"
        if self.code and self.kind is not Kind.ENDPOINT:
            return f"{self.service}: {self.code}: {self.message}".rstrip(": .")
        return self.message

    @property
    def remedy(self) -> str:
        """The remedy."""
        if self.kind is Kind.RIGHTS:
            return grant(self.action)
        if self.code == PUBLIC_ENDPOINT_FORBIDDEN:
            return USE_INTERNAL_ENDPOINT
        if self.code in NO_ESA_SITE:
            return "fix the finding of the check domain first"
        if self.code == "FunctionNotFound":
            return "fix the finding of the check function first"
        return REMEDIES.get(self.kind) or self.own_remedy or "run it again in a minute"

    @classmethod
    def of_configuration(cls, error: ConfigurationError) -> "Problem":
        """The problem for a wrong configuration or environment."""
        return cls(Kind.CONFIG, str(error).removesuffix(f": {error.remedy}"), own_remedy=error.remedy)


def kind_of(code: str, status: int) -> Kind:
    """The kind of a refusal; unknown codes are judged by their status."""
    if code in KINDS:
        return KINDS[code]
    if wrong(code):
        return Kind.CREDENTIALS
    if code.startswith(("Forbidden.", "NoPermission.")):
        return Kind.RIGHTS
    return Kind.MISSING if status == NOT_FOUND else Kind.OTHER
