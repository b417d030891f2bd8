"""The reasons why doctor could not read something, sorted by what has to be fixed.

Codes: "Common error codes" of OpenAPI, "Error codes" of Function Compute, OSS, SMQ and RAM, and the CDN's own
pages. Services name the same thing differently, and their HTTP statuses differ, so the code decides.
"""

from enum import Enum
from typing import NamedTuple

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.transport.oss_object import PUBLIC_ENDPOINT_FORBIDDEN, WAY_IN
from oss_cdn_refresh_cli.clients.refusals import CLOCK, RIGHTS, grant, wrong

NOT_FOUND = 404  # HTTP


class Kind(Enum):
    """What has to be fixed before doctor can read something."""

    CONFIG = "config"  # the configuration, or a setting
    CREDENTIALS = "credentials"
    CLOCK = "clock"
    RIGHTS = "rights"
    ACCOUNT = "account"  # the service is not open, or the account is in arrears
    ENDPOINT = "endpoint"  # no answer, or none that this service gives
    MISSING = "missing"  # what was asked for does not exist
    OTHER = "other"  # the service is busy, or says something that we do not know


KINDS: dict[str, Kind] = {  # codes about the credentials are in `refusals.wrong`
    **dict.fromkeys(CLOCK, Kind.CLOCK),
    **dict.fromkeys(RIGHTS, Kind.RIGHTS),
    **dict.fromkeys(("CdnServiceNotFound", "InsufficientBalance", "OperationDenied", "UserDisable"), Kind.ACCOUNT),
    **dict.fromkeys(("InvalidAction.NotFound", "InvalidVersion", "NoAnswer"), Kind.ENDPOINT),
    **dict.fromkeys(("AsyncConfigNotExists", "NoSuchBucket", "QueueNotExist"), Kind.MISSING),
}
REMEDIES = {
    Kind.CONFIG: "fix what the check config says first",
    Kind.CREDENTIALS: "fix what the check credentials says first",
    Kind.CLOCK: "set the clock of this machine first",
    Kind.ACCOUNT: "fix what the check rights says first",
    Kind.ENDPOINT: "fix what the check endpoint says first",
}


class Problem(NamedTuple):
    """Something that doctor could not read.

    service: as people call it, such as `Function Compute`; "" where no service was asked.
    action: the right that asking needs, such as `fc:GetFunction`.
    code: the service's own, or "".
    told: the message, in one line. own_remedy: the remedy, where it does not follow from the kind.
    """

    kind: Kind
    told: str
    service: str = ""
    action: str = ""
    code: str = ""
    own_remedy: str = ""

    @property
    def why(self) -> str:
        """Why, in a few words."""
        if self.kind is Kind.RIGHTS:
            return f"{self.action} is not granted to these credentials"
        if self.kind is Kind.CREDENTIALS and wrong(self.code):  # services answer with a wall of text
            return f"{self.service}: {self.code}: {wrong(self.code)}"
        if self.code and self.kind is not Kind.ENDPOINT:
            return f"{self.service}: {self.code}: {self.told}".rstrip(": .")
        return self.told

    @property
    def remedy(self) -> str:
        """What helps."""
        if self.kind is Kind.RIGHTS:
            return grant(self.action)
        if self.code == PUBLIC_ENDPOINT_FORBIDDEN:
            return WAY_IN
        if self.code == "FunctionNotFound":
            return "fix what the check function says first"
        return REMEDIES.get(self.kind) or self.own_remedy or "run it again in a minute"

    @classmethod
    def of_configuration(cls, error: ConfigurationError) -> "Problem":
        """The configuration or the environment is wrong."""
        return cls(Kind.CONFIG, str(error).removesuffix(f": {error.remedy}"), own_remedy=error.remedy)


def kind_of(code: str, status: int) -> Kind:
    """What a refusal is about; unknown codes are judged by their status."""
    if code in KINDS:
        return KINDS[code]
    if wrong(code):
        return Kind.CREDENTIALS
    if code.startswith(("Forbidden.", "NoPermission.")):
        return Kind.RIGHTS
    return Kind.MISSING if status == NOT_FOUND else Kind.OTHER
