"""One-line errors for what a service refused. The long text of a refused signature is left out: it says nothing more.

Codes: "Common error codes" of OpenAPI, "Error codes" of Function Compute, OSS, SMQ and RAM: services name the same
thing differently.
"""

from oss_cdn_refresh.transport.credentials import Source
from oss_cdn_refresh_cli.operation.credentials import origin_of
from oss_cdn_refresh_cli.shared.errors import CredentialsRefused, Refused

CHECK = "check the credentials"
_WRONG = {  # beginnings of codes, in lower case: what they mean
    "signature": "the secret does not belong to the access key",
    "incompletesignature": "the secret does not belong to the access key",
    "invalidaccesskeysecret": "the secret does not belong to the access key",
    "invalidaccesskeyid": "there is no such access key, or it is disabled",
    "invalidsecuritytoken": "the security token is not of these credentials, or has expired",
    "missingsecuritytoken": "these are temporary credentials, and their security token is missing",
    "securitytokenexpired": "the security token has expired",
}
NONCE = "signaturenonce"  # SignatureNonceUsed says nothing of credentials


def wrong(code: str) -> str:
    """What a code says is wrong with the credentials; "" where the code is about something else."""
    lower = code.lower()
    if lower.startswith(NONCE):
        return ""
    return next((meaning for beginning, meaning in _WRONG.items() if lower.startswith(beginning)), "")


def refusal(where: str, code: str, message: str, credentials: Source, remedy: str = "") -> Refused:
    """The error for a refusal; `where` names the service, `message` is the service's own, `remedy` says what helps."""
    if wrong(code):
        return of_credentials(where, code, credentials)
    what = " ".join(f"{code}: {message}".split()).rstrip(". :")
    return Refused(code, ": ".join(filter(None, (where, what, remedy))))


def of_credentials(where: str, code: str, credentials: Source) -> CredentialsRefused:
    """The error for credentials that a service does not accept: without its message, with where they come from."""
    return CredentialsRefused(code, f"{where}: {code}: {wrong(code)}: {CHECK}: they come from {origin_of(credentials)}")
