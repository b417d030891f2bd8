"""One-line errors for what a service refused, with the remedy that fits its code.

Codes: "Common error codes" of OpenAPI, "Error codes" of Function Compute, OSS, SMQ and RAM. The services have different
codes for the same cause.
"""

from collections.abc import Mapping

from oss_cdn_refresh.transport.credentials import Source
from oss_cdn_refresh_cli.operation.credentials import origin_of
from oss_cdn_refresh_cli.shared.errors import CredentialsRefused, Refused

CLOCK = frozenset({"InvalidTimeStamp.Expired", "InvalidTimeStamp.Format", "RequestTimeTooSkewed", "TimeExpired"})
RIGHTS = frozenset({"AccessDenied", "Forbidden", "Forbidden.RAM", "NoPermission", "Unauthorized"})
NO_REMEDIES: Mapping[str, str] = {}
_WRONG_CREDENTIALS = {  # beginnings of codes, in lower case, and their meanings
    "signature": "the secret does not belong to the access key",
    "incompletesignature": "the secret does not belong to the access key",
    "invalidaccesskeysecret": "the secret does not belong to the access key",
    "invalidaccesskeyid": "there is no such access key, or it is disabled",
    "invalidsecuritytoken": "the security token is not of these credentials, or has expired",
    "missingsecuritytoken": "these are temporary credentials, and their security token is missing",
    "securitytokenexpired": "the security token has expired",
}
NONCE = "signaturenonce"  # SignatureNonceUsed: a repeated request, with right credentials


def wrong(code: str) -> str:
    """What a code says is wrong with the credentials; "" for a code with another cause."""
    lower = code.lower()
    if lower.startswith(NONCE):
        return ""
    return next((meaning for beginning, meaning in _WRONG_CREDENTIALS.items() if lower.startswith(beginning)), "")


def grant(right: str) -> str:
    """The remedy for a right that is missing."""
    return f"grant {right} to the RAM user or role of these credentials"


def refusal(
    where: str, code: str, message: str, credentials: Source, right: str, remedies: Mapping[str, str] = NO_REMEDIES
) -> Refused:
    """The error for a refusal.

    where: the service, as people call it. message: the service's own text. right: the right that the request needs.
    remedies: further remedies, by code. The service's text about wrong credentials is long and says nothing more than
    its code, so the error leaves it out and names the origin of the credentials.
    """
    if wrong(code):
        origin = f"check the credentials: they come from {origin_of(credentials)}"
        return CredentialsRefused(code, f"{where}: {code}: {wrong(code)}: {origin}")
    remedy = "set the clock of this machine" if code in CLOCK else grant(right) if code in RIGHTS else ""
    what = " ".join(f"{code}: {message}".split()).rstrip(". :")
    return Refused(code, ": ".join(filter(None, (where, what, remedies.get(code, remedy)))))
