"""The day's quotas of the account, through the official SDK of the CDN. Source: DescribeRefreshQuota."""

from typing import NamedTuple

from ops.errors import Refused, Unanswered
from ops.operation import Operation
from oss_cdn_refresh.items import DIRECTORY, FILE, IGNORE_PARAMS, ObjectType

SECONDS = 10  # that an answer may take
WHAT_TO_DO = {
    "Forbidden.RAM": "grant cdn:DescribeRefreshQuota to whom the credentials belong",
    "InvalidTimeStamp.Expired": "set the clock of this machine",
    "InvalidAccessKeyId.NotFound": "check the credentials",
    "SignatureDoesNotMatch": "check the credentials",
}
FIELDS: dict[ObjectType, str] = {FILE: "url", DIRECTORY: "dir", IGNORE_PARAMS: "ignore_params"}


class Quota(NamedTuple):
    """One quota of the day; None where the answer does not tell."""

    of_a_day: int | None
    left: int | None


def read(operation: Operation) -> dict[ObjectType, Quota]:
    """What the day's quotas are, and what is left of them.

    :raises Refused: the CDN does not tell; `Unanswered` where it is not there.
    """
    # The SDK takes half a second to import.
    from alibabacloud_cdn20180510.client import Client  # noqa: PLC0415
    from alibabacloud_cdn20180510.models import DescribeRefreshQuotaRequest  # noqa: PLC0415
    from alibabacloud_tea_openapi.exceptions import AlibabaCloudException  # noqa: PLC0415
    from alibabacloud_tea_openapi.models import Config  # noqa: PLC0415
    from Tea.exceptions import TeaException  # noqa: PLC0415

    who, endpoint = operation.credentials(), operation.settings.cdn
    scheme, _, host = endpoint.partition("://")
    asked = Config(
        *who[:2],
        security_token=who.security_token or None,
        endpoint=host,
        protocol=scheme,
        connect_timeout=SECONDS * 1_000,
        read_timeout=SECONDS * 1_000,
    )
    try:
        answer = Client(asked).describe_refresh_quota(DescribeRefreshQuotaRequest()).body
    except AlibabaCloudException as error:
        code = str(error.code)
        parts = (endpoint, f"{code}: {who.redacted(str(error.message))}", WHAT_TO_DO.get(code, ""))
        raise Refused(code, ": ".join(filter(None, parts))) from error
    except (TeaException, OSError, ValueError) as error:
        what = f"{endpoint}: no answer: check the endpoint and the network, and run it again"
        raise Unanswered("NoAnswer", what) from error
    if answer is None:  # so the SDK gives JSON that is no object
        raise Unanswered("NoAnswer", f"{endpoint}: the answer is not the CDN's: check the endpoint")
    quotas = {
        object_type: Quota(_figure(getattr(answer, f"{name}_quota")), _figure(getattr(answer, f"{name}_remain")))
        for object_type, name in FIELDS.items()
    }
    if all(found == (None, None) for found in quotas.values()):
        raise Unanswered("NoAnswer", f"{endpoint}: the answer tells no quota: check the endpoint")
    return quotas


def _figure(text: object) -> int | None:
    """The SDK gives figures as the API writes them: as text, and not always all of them."""
    told = str(text).strip()
    return int(told) if told.isdecimal() else None
