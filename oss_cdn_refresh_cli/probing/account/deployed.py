"""The deployment of the account, as far as questions need it: its queues, and the event stream of the backlog."""

from collections.abc import Mapping
from typing import Any

from oss_cdn_refresh_cli.clients.smq import Queue
from oss_cdn_refresh_cli.deployment.expectations import NAME, SUFFIX
from oss_cdn_refresh_cli.doctor import services
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem
from oss_cdn_refresh_cli.doctor.reader import Reader, Service
from oss_cdn_refresh_cli.doctor.seen import json_of
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.probing.answers import NotTried, Unclear
from oss_cdn_refresh_cli.queues import reader
from oss_cdn_refresh_cli.shared.errors import NotSet

CLONE = "run it in the clone"


def backlog(operation: Operation) -> Queue:
    """The backlog.

    :raises NotTried: nothing names it.
    """
    if not operation.settings.backlog:
        raise NotTried(f"it needs the backlog of a deployment: {CLONE}, or give --backlog-queue NAME")
    return reader.backlog_queue(operation)


def dead_letters(operation: Operation) -> Queue:
    """The dead-letter queue.

    :raises NotTried: nothing names it.
    """
    if not operation.settings.dead_letters:
        raise NotTried(f"it needs the dead letters of a deployment: {CLONE}, or give --dead-letter-queue NAME")
    return reader.dead_letter_queue(operation)


def run_options(operation: Operation) -> Mapping[str, Any]:
    """The `runOptions` of the event stream that reads the backlog, as ListTriggers returns them.

    :raises NotTried: there is no such deployment, or nothing names its endpoint.
    :raises Unclear: Function Compute does not tell.
    """
    name = f"{operation.settings.environ.get('REFRESH_NAME') or NAME}{SUFFIX}"
    for trigger in _triggers(operation, name):
        options = json_of(trigger.get("triggerConfig")).get("runOptions")
        if isinstance(options, Mapping) and options:
            return options
    raise NotTried(f"the function {name} has no event stream: set REFRESH_NAME to the name of a deployment")


def _triggers(operation: Operation, name: str) -> list[services.Json]:
    try:
        endpoint = operation.settings.function_compute_endpoint()
    except NotSet as missing:
        raise NotTried(f"it needs a deployment: {missing}") from missing
    asking = Reader(operation.credentials, {Service.FUNCTION_COMPUTE: endpoint}, operation.effects.sleep)
    found = asking.ask(
        Service.FUNCTION_COMPUTE,
        "fc:ListTriggers",
        lambda credentials, url: services.triggers(services.Asked(credentials, url, operation.settings.seconds), name),
    )
    if isinstance(found, Problem) and found.kind is Kind.MISSING:
        raise NotTried(f"there is no function {name}: set REFRESH_NAME to the name of a deployment")
    if isinstance(found, Problem):
        raise Unclear(f"{found.why}: {found.remedy}")
    return found
