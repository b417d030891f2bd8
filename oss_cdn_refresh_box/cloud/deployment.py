"""The deployment of a template in the cloud: its functions, their queues, and the rights of their role.

The template of this project has a stack `infra`, which makes the queues and the role. Stacks of other templates are
not read: the cloud has each queue that a trigger or a destination names, and the functions may call every action.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from oss_cdn_refresh_box.cloud.sites import Sites, domains_of, esa_sites
from oss_cdn_refresh_box.smq import QueueAttributes
from oss_cdn_refresh_cli.deployment.model import Function
from oss_cdn_refresh_cli.deployment.reading import ros, template
from oss_cdn_refresh_cli.deployment.reading.template import Template
from oss_cdn_refresh_cli.deployment.reading.variables import TemplateError

NO_DOMAINS = "none"  # in REFRESH_DOMAINS: no site is behind the CDN
OF_SITES = ("REFRESH_BUCKET", "REFRESH_DOMAINS", "REFRESH_DCDN_DOMAINS", "REFRESH_ESA_SITES", "REFRESH_CONFIG")
STACK = "infra"  # of this project's template
REGION = "cn-hangzhou"
MODE = "event-streaming"
QUEUES = "/queues/"  # in the ARN of a queue, before its name


class Deployment(NamedTuple):
    """A template as it is deployed.

    queues: the attributes of its queues by name. buckets: those of the triggers. infrastructure: None without a stack.
    """

    template: Template
    queues: Mapping[str, QueueAttributes]
    buckets: tuple[str, ...]
    infrastructure: ros.Infrastructure | None
    region: str


def nothing(account: str) -> Deployment:
    """No template: a cloud without functions."""
    return Deployment(Template(Path(), account, (), (), frozenset(), {}, ()), {}, (), None, REGION)


def read(file: Path, *, sites: Sites, config: Path, variables: Mapping[str, str], account: str) -> Deployment:
    """A template with the values of the sites; `config` is the file with them. `variables` win over these values.

    :raises TemplateError: it cannot be read, or it has a function that cannot run here.
    :raises UnreadableDotenv: the `.env` is not UTF-8.
    """
    sites = list(sites)
    values = (
        next((str(site["bucket"]) for site in sites), ""),
        ",".join(domains_of(sites, "cdn")) or NO_DOMAINS,
        ",".join(domains_of(sites, "dcdn")),
        ",".join(map(str, esa_sites(sites))),
        str(config),
    )
    environ = {
        **dict(zip(OF_SITES, values, strict=True)),
        "REFRESH_LOG_LEVEL": "INFO",
        **variables,
    }
    found = template.load(file, environ=environ, account=account)
    for function in found.functions:
        _check(file.name, function)
    regions = [function.region for function in found.functions]
    if not regions:
        raise TemplateError(file.name, "resources", "there is no function", "name one with component: fc3")
    buckets = tuple(trigger.bucket for function in found.functions for trigger in function.oss_triggers)
    if any(stack.resource == STACK for stack in found.stacks):
        infrastructure = ros.evaluate(found.stack(STACK), account)
        queues = {
            queue.name: QueueAttributes(queue.visibility, message_retention_period=queue.retention)
            for queue in infrastructure.queues.values()
        }
        return Deployment(found, queues, buckets, infrastructure, regions[0])
    named = {name for function in found.functions for name in _queues(function)}
    return Deployment(found, dict.fromkeys(sorted(named), QueueAttributes()), buckets, None, regions[0])


def ignored(deployment: Deployment) -> list[str]:
    """The triggers that this cloud never calls, for people."""
    return [
        f"{trigger.place}: {trigger.name}"
        for function in deployment.template.functions
        for trigger in function.triggers
        if trigger not in (*function.oss_triggers, *function.queue_triggers)
    ]


def _check(file: str, function: Function) -> None:
    def refuse(key: str, what: str, remedy: str) -> None:
        raise TemplateError(file, f"{function.place}.{key}", what, remedy)

    if not function.runtime.startswith("python"):
        what = f"{function.runtime} is not Python, and only functions in Python run here"
        refuse("runtime", what, "name a template without this function")
    if not function.code.is_dir():
        refuse("code", f"{function.code} is no folder", "name the folder with the code, not a zip or a URL")
    if "." not in function.handler:
        refuse("handler", f'"{function.handler}" is not module.function', "name both")
    for number, trigger in enumerate(function.triggers):
        if trigger in function.queue_triggers and getattr(trigger, "mode", MODE) != MODE:
            refuse(f"triggers[{number}]", f"its mode is not {MODE}", f"write runOptions: {{mode: {MODE}}}")


def _queues(function: Function) -> Iterator[str]:
    """The names of the queues that a function's triggers and its failure destination name."""
    yield from (trigger.queue for trigger in function.queue_triggers)
    arns = [*(trigger.dead_letter_arn for trigger in function.queue_triggers), function.failure_destination]
    yield from (arn.partition(QUEUES)[2].removesuffix("/messages") for arn in arns if QUEUES in arn)


def actions(infrastructure: ros.Infrastructure) -> set[str]:
    """The actions that the role may call, without the names of the services."""
    allowing = (statement for statement in infrastructure.role.statements if statement.allows)
    return {action.partition(":")[2] for statement in allowing for action in statement.actions}


def named(infrastructure: ros.Infrastructure, action: str) -> set[Any]:
    """The domains, or the sites of ESA, for which the role has a right; "*" for all."""
    return {resource.rpartition("/")[2] for resource in infrastructure.resources(action)}
