"""How many tasks the account has, asked as the function asks the CDN. Source: DescribeRefreshTasks, API 2018-05-10."""

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.products.api import Api
from oss_cdn_refresh.products.cdn.client import VERSION
from oss_cdn_refresh.products.cdn.verdicts import verdict_of
from oss_cdn_refresh.transport.session import Session
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared.errors import Refused
from oss_cdn_refresh_cli.shared.waiting import waiting

RIGHT = "cdn:DescribeRefreshTasks"


def created_within(operation: Operation, seconds: float) -> int:
    """How many tasks were created in the last so many seconds, one for each URL or directory.

    :raises Refused: the CDN does not tell.
    """
    endpoint, now = operation.settings.cdn, operation.effects.now()
    session = Session()
    api = Api(endpoint, VERSION, verdict_of, operation.credentials, session, operation.effects)
    period = {"StartTime": timestamp(now - seconds), "EndTime": timestamp(now + 1), "PageSize": "1"}
    try:
        with waiting("the CDN", endpoint):
            count = api.call("DescribeRefreshTasks", {}, operation.settings.seconds, period).figure("TotalCount")
    except CallRefused as error:
        raise Refused(error.code, f"{endpoint}: {error.code}: {error.message}: it takes the right {RIGHT}") from error
    finally:
        session.close()
    if count is None:
        raise Refused("NoCount", f"{endpoint}: the answer tells no TotalCount")
    return count
