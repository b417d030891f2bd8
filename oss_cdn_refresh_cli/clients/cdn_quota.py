"""The day's quotas of the account, asked as the function asks for them. Source: DescribeRefreshQuota."""

from collections.abc import Mapping

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import IGNORE_PARAMS, ObjectType
from oss_cdn_refresh.model.quota import Allowance
from oss_cdn_refresh.products import DEFAULT, PRODUCTS
from oss_cdn_refresh.transport.session import Session
from oss_cdn_refresh_cli.clients.refusals import refusal
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared.errors import Unanswered
from oss_cdn_refresh_cli.shared.waiting import waiting

GRANT = "grant cdn:DescribeRefreshQuota to whom the credentials belong"
WHAT_TO_DO = {
    "Forbidden.RAM": GRANT,
    "AccessDenied": GRANT,
    "InvalidTimeStamp.Expired": "set the clock of this machine",
}


def read(operation: Operation) -> Mapping[ObjectType, Allowance]:
    """What the day's quotas are, and what is left of them.

    :raises Refused: the CDN does not tell; `Unanswered` where it is not there.
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
        remedy = WHAT_TO_DO.get(error.code, "")
        raise refusal(endpoint, error.code, error.message, credentials, remedy) from error
    finally:
        session.close()
    if all(found == (None, None) for found in quotas.values()):
        raise Unanswered("NoAnswer", f"{endpoint}: the answer tells no quota: check the endpoint")
    return quotas
