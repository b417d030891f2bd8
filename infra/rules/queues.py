"""Rules for queues and triggers that only a template can break: `s` or the stack would do something else."""

from collections.abc import Iterator
from itertools import pairwise

from infra.deployment import Written
from oss_cdn_refresh_cli.deployment.model import BACKLOG, DEAD_LETTERS, QueueTrigger
from oss_cdn_refresh_cli.deployment.rules.finding import Finding


def findings(written: Written) -> Iterator[Finding]:
    """Queues that the stack does not make, and triggers that a redeploy skips."""
    for variable in (BACKLOG, DEAD_LETTERS):
        name = written.deployment.function.environment.get(variable, "")
        if name not in written.infrastructure.queues:
            what = f'{variable} is "{name}", which {written.infrastructure.file} does not make'
            yield Finding("refresh.props.environmentVariables", what, "name the same queue in both")
    for function in written.template.functions:
        for before, after in pairwise(function.triggers):
            if isinstance(before, QueueTrigger) and not isinstance(after, QueueTrigger):
                what = f"{after.name} stands after the eventbridge trigger {before.name}, "
                what += "and fc3 skips it on a redeploy"
                yield Finding(after.place, what, "move eventbridge triggers to the end")
