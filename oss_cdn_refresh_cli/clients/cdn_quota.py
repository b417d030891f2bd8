"""Reads the day's quotas of the account through the function's own client. Source: DescribeRefreshQuota."""

from collections.abc import Mapping

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, ObjectType
from oss_cdn_refresh.model.quota import Allowance
from oss_cdn_refresh.products import DEFAULT, PRODUCTS
from oss_cdn_refresh.transport.session import Session
from oss_cdn_refresh_cli.clients.refusals import refusal
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared.errors import Unanswered
from oss_cdn_refresh_cli.shared.waiting import waiting

NAMES: Mapping[ObjectType, str] = {FILE: "URLs", DIRECTORY: "directories", IGNORE_PARAMS: "IgnoreParams"}


def read(operation: Operation) -> Mapping[ObjectType, Allowance]:
    """The day's quotas, and how much is left of each.

    :raises Refused: the CDN refuses to tell; `Unanswered` if the endpoint gives no answer of the CDN.
    """
    endpoint, credentials = operation.settings.cdn, operation.credentials
    session = Session()
    client = PRODUCTS[DEFAULT].Client(endpoint, IGNORE_PARAMS, credentials, session, operation.effects)
    try:
        with waiting("the CDN", endpoint):
            quotas = client.quota(operation.settings.seconds)
    except CallRefused as error:
        if error.unanswered:
            what = "no answer: check the endpoint and the network, and run it again"
            raise Unanswered("NoAnswer", f"{endpoint}: {what}") from error
        if error.code.startswith("HTTP"):
            raise Unanswered("NoAnswer", f"{endpoint}: the answer is not the CDN's: check the endpoint") from error
        raise refusal(endpoint, error.code, error.message, credentials, "cdn:DescribeRefreshQuota") from error
    finally:
        session.close()
    if all(found == (None, None) for found in quotas.values()):
        raise Unanswered("NoAnswer", f"{endpoint}: the answer tells no quota: check the endpoint")
    return quotas
