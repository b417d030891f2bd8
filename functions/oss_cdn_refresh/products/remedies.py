"""What a person has to do if a product refuses every call, or a call as a whole. Imported only after such a refusal.

Sources: "Common error codes" of OpenAPI, and the public error pages of CDN, DCDN and ESA as of 2026-11.
"""

from collections.abc import Mapping

from oss_cdn_refresh.model.item import IGNORE_PARAMS, ObjectType
from oss_cdn_refresh.products.verdicts import families

ROLE = "give the function a role that exists and may be assumed by Function Compute: deploy the stack again"
CLOCK = "check that {variable} is an address of {title}; if it is, report the request id to the support of {title}"
KEYS = "check that the function runs with its role, and that {variable} is an address of {title}"
OPEN = "open the service {name} for this account"
BY_CODE: Mapping[str, str] = {
    "InvalidTimeStamp": CLOCK,
    "InvalidAccessKeyId": ROLE,
    "InvalidSecurityToken": ROLE,
    "MissingSecurityToken": ROLE,
    "SignatureDoesNotMatch": KEYS,
    "IncompleteSignature": KEYS,
    "CdnServiceNotFound": OPEN,
    "DcdnServiceNotFound": OPEN,
    "InsufficientBalance": "pay what the account owes",
    "OperationDenied": f"{OPEN}, or pay what the account owes: the message says which",
}
ACCOUNT = "read the message: it says why the product refuses the account"
IGNORE_PARAMS_TYPE = (
    "set ignore_params_type in the configuration to the other name of the type: IgnoreParams or ExQuery"
)
SITE = (  # of ESA
    "compare esa_site_id in the configuration with the site of the domain: oss-cdn-refresh doctor finds it;"
    " if that is right, report the code and the request id"
)
REQUEST = "compare the message with the configuration; if that is right, report the code and the request id"


def of_account(code: str, name: str, title: str) -> str:
    """The remedy for a refusal of the account or of its credentials; the product by its name, and for people."""
    remedy = next((BY_CODE[family] for family in families(code) if family in BY_CODE), ACCOUNT)
    return remedy.format(variable=f"{name.upper()}_ENDPOINT", title=title, name=name.upper())


def of_request(code: str, object_type: ObjectType) -> str:
    """The remedy for the refusal of a whole call with items of this type."""
    return IGNORE_PARAMS_TYPE if object_type == IGNORE_PARAMS and code.startswith("InvalidObjectType") else REQUEST
