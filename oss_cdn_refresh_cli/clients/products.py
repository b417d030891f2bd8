"""Asks a product through the function's own client: for the day's quotas, and how many tasks there are."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, ObjectType, Target
from oss_cdn_refresh.model.limits import SECOND
from oss_cdn_refresh.model.quota import Allowance
from oss_cdn_refresh.products import product
from oss_cdn_refresh.products.api import Peer
from oss_cdn_refresh.products.interface import Product, ProductClient
from oss_cdn_refresh.transport.session import Session
from oss_cdn_refresh_cli.clients.refusals import refusal
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared.errors import Refused, Unanswered
from oss_cdn_refresh_cli.shared.waiting import waiting

TYPE_NAMES: Mapping[ObjectType, str] = {FILE: "URLs", DIRECTORY: "directories", IGNORE_PARAMS: "IgnoreParams"}
Quotas = Mapping[ObjectType, Allowance]


class _Opened(NamedTuple):
    product: Product
    client: ProductClient
    endpoint: str


def quotas(operation: Operation, target: Target) -> Quotas:
    """The day's quotas of a target, and how much is left of each.

    :raises Refused: the product refuses to tell; `Unanswered` if the endpoint gives no answer of the product.
    """
    found: dict[ObjectType, Allowance] = {}
    with opened(operation, target) as (asked, client, endpoint):
        for types in asked.QUOTA_CALLS:
            if asked.LIMITS.always_paced:
                operation.effects.sleep(SECOND / asked.LIMITS.calls_per_second)
            found.update(client.quota(types, operation.settings.seconds))
    if all(each == (None, None) for each in found.values()):
        raise Unanswered("NoAnswer", f"{endpoint}: the answer tells no quota: check the endpoint")
    return found


def tasks_within(operation: Operation, target: Target, seconds: float) -> int:
    """How many tasks were created in the last so many seconds, one for each URL or directory.

    :raises Refused: the product does not tell.
    """
    now = operation.effects.now()
    with opened(operation, target, lambda asked: asked.LIST_RIGHT) as (_, client, endpoint):
        count = client.tasks_between(now - seconds, now + 1, operation.settings.seconds)
    if count is None:
        raise Refused("NoCount", f"{endpoint}: the answer tells no TotalCount")
    return count


@contextmanager
def opened(
    operation: Operation, target: Target, right: Callable[[Product], str] = lambda asked: asked.QUOTA_RIGHT
) -> Iterator[_Opened]:
    """A product, its client and its endpoint; refusals become errors of the command. `right`: what the calls need."""
    endpoint, credentials = operation.settings.products[target.product], operation.credentials
    asked, session = product(target.product), Session()
    client = asked.Client(Peer(endpoint, credentials, session, operation.effects, set()), target, IGNORE_PARAMS)
    try:
        with waiting(asked.TITLE, endpoint):
            yield _Opened(asked, client, endpoint)
    except CallRefused as error:
        if error.unanswered:
            what = "no answer: check the endpoint and the network, and run it again"
            raise Unanswered("NoAnswer", f"{endpoint}: {what}") from error
        if error.code.startswith("HTTP"):
            what = f"the answer is not that of {asked.TITLE}: check the endpoint"
            raise Unanswered("NoAnswer", f"{endpoint}: {what}") from error
        raise refusal(endpoint, error.code, error.message, credentials, right(asked)) from error
    finally:
        session.close()
