"""Whether messages of the backlog that nobody can see may be confirmations.

A peek shows no message that is delayed or in work, and nothing else tells them apart. A confirmation follows a refresh
that the CDN has accepted, and holds at least one URL: there cannot be more confirmations than accepted URLs.
"""

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.settings.config import Confirm
from oss_cdn_refresh_cli.clients import cdn_tasks
from oss_cdn_refresh_cli.operation.handler import configuration
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared.errors import Failed, Refused


def may_be_confirmations(operation: Operation, messages: int) -> bool:
    """Whether so many messages may all be confirmations. Where the CDN does not tell its tasks, they are not."""
    rules = _rules(operation)
    if rules.mode == "never":
        return False
    try:
        return messages <= cdn_tasks.created_within(operation, rules.after + rules.give_up)
    except Refused as refusal:
        operation.output.warn(f"messages that cannot be seen count as deferred: {refusal}")
        return False


def _rules(operation: Operation) -> Confirm:
    """How the function confirms; as it does by default where its configuration cannot be read here."""
    try:
        return configuration(operation).confirm
    except (ConfigurationError, Failed):
        return Confirm()
