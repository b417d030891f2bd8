"""Whether messages of the backlog that nobody can see may be confirmations.

A peek shows no message that is delayed or in work, and nothing else tells them apart. A confirmation follows a refresh
that a product has accepted, and holds at least one URL: there cannot be more confirmations than accepted URLs.
"""

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh.products import DEFAULT
from oss_cdn_refresh.settings.config import Confirm
from oss_cdn_refresh_cli.clients import products
from oss_cdn_refresh_cli.operation.handler import configuration
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared.errors import Failed, Refused


def may_be_confirmations(operation: Operation, messages: int) -> bool:
    """Whether so many messages may all be confirmations. Where a product does not tell its tasks, they are not."""
    rules, targets = _rules(operation)
    if rules.mode == "never":
        return False
    seconds = rules.after + rules.give_up
    try:
        return messages <= sum(products.tasks_within(operation, target, seconds) for target in targets)
    except Refused as refusal:
        operation.output.warn(f"messages that cannot be seen count as deferred: {refusal}")
        return False


def _rules(operation: Operation) -> tuple[Confirm, tuple[Target, ...]]:
    """How the function confirms, and its targets; the defaults where its configuration cannot be read here."""
    try:
        config = configuration(operation)
    except (ConfigurationError, Failed):
        return Confirm(), (Target(DEFAULT),)
    return config.confirm, config.targets
