"""The day's quotas of the account, through the official SDK of the CDN. Source: DescribeRefreshQuota."""

from typing import NamedTuple

from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, ObjectType
from oss_cdn_refresh_cli.clients import tea_sdk
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared.errors import Unanswered

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

    endpoint = operation.settings.cdn
    client = Client(tea_sdk.config(operation.credentials(), endpoint, operation.settings.seconds))
    unanswered = "no answer: check the endpoint and the network, and run it again"
    with tea_sdk.asking("the CDN", endpoint, operation.credentials, "cdn:DescribeRefreshQuota", unanswered):
        answer = client.describe_refresh_quota(DescribeRefreshQuotaRequest()).body
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
