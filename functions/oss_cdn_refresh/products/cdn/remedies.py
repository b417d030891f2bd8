"""What a person has to do if the CDN refuses every call, or a call as a whole. Imported only after such a refusal.

Sources: "Common error codes" of OpenAPI, and the public error pages of the CDN API 2018-05-10 as of 2026-11.
"""

from collections.abc import Mapping

from oss_cdn_refresh.model.item import IGNORE_PARAMS, ObjectType
from oss_cdn_refresh.products.cdn.verdicts import families

CLOCK = "check that CDN_ENDPOINT is an address of the CDN; if it is, report the CDN's request id to its support"
ROLE = "give the function a role that exists and may be assumed by Function Compute: deploy the stack again"
KEYS = "check that the function runs with its role, and that CDN_ENDPOINT is an address of the CDN"
BY_CODE: Mapping[str, str] = {
    "InvalidTimeStamp": CLOCK,
    "InvalidAccessKeyId": ROLE,
    "InvalidSecurityToken": ROLE,
    "MissingSecurityToken": ROLE,
    "SignatureDoesNotMatch": KEYS,
    "IncompleteSignature": KEYS,
    "CdnServiceNotFound": "open the CDN service for this account",
    "InsufficientBalance": "pay what the account owes",
    "OperationDenied": "open the CDN service for this account, or pay what the account owes: the message says which",
}
ACCOUNT = "see what the message says about the account"
IGNORE_PARAMS_TYPE = (
    "set ignore_params_type in the configuration to the other name of the type: IgnoreParams or ExQuery"
)
REQUEST = "compare the message with the configuration; if that is right, report the code and the CDN's request id"


def of_account(code: str) -> str:
    """The remedy for a refusal of the account or of its credentials."""
    return next((BY_CODE[family] for family in families(code) if family in BY_CODE), ACCOUNT)


def of_request(code: str, object_type: ObjectType) -> str:
    """The remedy for the refusal of a whole call with items of this type."""
    return IGNORE_PARAMS_TYPE if object_type == IGNORE_PARAMS and code.startswith("InvalidObjectType") else REQUEST
