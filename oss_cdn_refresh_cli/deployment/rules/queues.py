"""Rules for the two queues, and for the dead letters of Function Compute.

Facts: SMQ, "Queue"; Function Compute, "Asynchronous invocation".
"""

from collections.abc import Iterator

from oss_cdn_refresh_cli.deployment.expectations import KEPT_AT_MOST, VISIBILITY_MARGIN, visibility_for
from oss_cdn_refresh_cli.deployment.model import Deployment, Function
from oss_cdn_refresh_cli.deployment.rules.finding import Finding, Weight

VISIBILITY = "infra.props.parameters.BacklogVisibilityTimeout"


def retention(deployment: Deployment) -> Iterator[Finding]:
    """Both queues keep their messages for the longest possible time."""
    for name in dict.fromkeys((deployment.backlog, deployment.dead_letters)):
        queue = deployment.queues.get(name)
        if queue and queue.retention != KEPT_AT_MOST:
            what = f"messages of {name} are kept for {queue.retention} s"
            remedy = f"write {KEPT_AT_MOST}, the maximum"
            yield Finding("MessageRetentionPeriod", what, remedy, file=deployment.stack_file)


def visibility(deployment: Deployment) -> Iterator[Finding]:
    """A message of the backlog stays hidden for as long as its reader may work on it."""
    queue = deployment.queues.get(deployment.backlog)
    timeout = max((function.timeout for function, _ in deployment.readers), default=0)
    wanted = visibility_for(timeout)
    if queue and timeout and queue.visibility < wanted:
        what = f"messages of {queue.name} come back after {queue.visibility} s, "
        what += "while the function may still work on them"
        yield Finding(VISIBILITY, what, f"write at least 2 * {timeout} + {VISIBILITY_MARGIN} = {wanted}")


def stream_dead_letters(deployment: Deployment) -> Iterator[Finding]:
    """Messages that a queue trigger cannot deliver go to the dead-letter queue."""
    for function in deployment.functions:
        for trigger in function.queue_triggers:
            place = f"{trigger.place}.triggerConfig.runOptions.deadLetterQueue"
            wanted = _arn(deployment, function)
            yield from _destination(deployment, place, trigger.dead_letter_arn, wanted, "as deadLetterQueue")


def asynchronous(deployment: Deployment) -> Iterator[Finding]:
    """Events on which a function fails go to the dead-letter queue, and none is dropped before."""
    for function in deployment.functions:
        place = f"{function.place}.asyncInvokeConfig"
        wanted, written = f"{_arn(deployment, function)}/messages", function.failure_destination
        destination = f"{place}.destinationConfig.onFailure"
        yield from _destination(deployment, destination, written, wanted, "in asyncInvokeConfig as in template.yml")
        age = function.async_event_age
        if age != KEPT_AT_MOST and written:
            remedy = f"write {KEPT_AT_MOST}: older events vanish without a trace"
            yield Finding(f"{place}.maxAsyncEventAgeInSeconds", f"is {age}", remedy, Weight.WEAKNESS)
        if function.async_retries == 0:
            what = "is 0: an event whose instance crashed is not tried again"
            yield Finding(f"{place}.maxAsyncRetryAttempts", what, "write 3", Weight.HINT)


def _arn(deployment: Deployment, function: Function) -> str:
    return f"acs:mns:{function.region}:{deployment.account}:/queues/{deployment.dead_letters}"


def _destination(deployment: Deployment, place: str, written: str, wanted: str, where: str) -> Iterator[Finding]:
    """The handler, Function Compute and every trigger use the same dead-letter queue."""
    if not written:
        yield Finding(place, "is missing", f"write {wanted} {where}")
    elif written != wanted and deployment.dead_letters:
        what = f'"{written}" is not the dead-letter queue of the function'
        yield Finding(place, what, f"write {wanted}")
