"""Rules for the backlog and the dead letters: two queues, one reader, and nothing that is lost or loops.

Facts: Function Compute, "SMQ queue triggers" and "Asynchronous invocation"; EventBridge, "Event streams"; SMQ, "Queue".
"""

from collections.abc import Iterator
from itertools import pairwise

from infra.reading.deployment import Deployment
from infra.reading.template import Function, QueueTrigger
from infra.rules.findings import Finding
from oss_cdn_refresh_cli.deployment.expectations import (
    DRAINS,
    KEPT_AT_MOST,
    STREAM,
    SYNCHRONOUS_AT_MOST,
    TAKES_ALL,
    VISIBILITY_MARGIN,
    WINDOW_MESSAGES,
    WINDOW_SECONDS,
    visibility_for,
)


def findings(deployment: Deployment) -> Iterator[Finding]:
    """What could lose a change, or bring it twice or for ever."""
    yield from _retention(deployment)
    for function in deployment.functions:
        yield from _order(deployment, function)
        yield from _one_dead_letter_queue(deployment, function)
        yield from _asynchronous(deployment, function)
        for trigger in function.queue_triggers:
            yield from _no_dead_letters(deployment, trigger)
            yield from _stream(deployment, trigger)
            yield from _source(deployment, function, trigger)
            yield from _window(deployment, trigger)
            yield from _times(deployment, function, trigger)
    yield from _one_reader(deployment)


def _order(deployment: Deployment, function: Function) -> Iterator[Finding]:
    for before, after in pairwise(function.triggers):
        if isinstance(before, QueueTrigger) and not isinstance(after, QueueTrigger):
            what = f"{after.name} stands after the eventbridge trigger {before.name}, and fc3 skips it on a redeploy"
            yield Finding(deployment.file, after.place, what, "move eventbridge triggers to the end")


def _dead_letter_queue(deployment: Deployment) -> str:
    return deployment.function.environment.get("DEAD_LETTER_QUEUE", "")


def _one_dead_letter_queue(deployment: Deployment, function: Function) -> Iterator[Finding]:
    """One place to look: of the handler, of Function Compute and of every trigger."""
    queue = _dead_letter_queue(deployment)
    arn = f"acs:mns:{function.region}:{deployment.template.account}:/queues/{queue}"
    places = [
        (
            f"{function.resource}.props.asyncInvokeConfig.destinationConfig.onFailure",
            function.failure_destination,
            f"{arn}/messages",
        )
    ]
    places += [
        (f"{trigger.place}.triggerConfig.runOptions.deadLetterQueue", trigger.dead_letter_arn, arn)
        for trigger in function.queue_triggers
    ]
    for place, written, wanted in places:
        if written != wanted:
            what = f'"{written}" is not the dead-letter queue of the function' if written else "is missing"
            yield Finding(deployment.file, place, what, f"write {wanted}")


def _asynchronous(deployment: Deployment, function: Function) -> Iterator[Finding]:
    age = function.async_event_age
    if age != KEPT_AT_MOST:
        place = f"{function.resource}.props.asyncInvokeConfig.maxAsyncEventAgeInSeconds"
        yield Finding(deployment.file, place, f"is {age}", f"write {KEPT_AT_MOST}: older events vanish without a trace")


def _retention(deployment: Deployment) -> Iterator[Finding]:
    for variable in ("BACKLOG_QUEUE", "DEAD_LETTER_QUEUE"):
        name = deployment.function.environment.get(variable, "")
        queue = deployment.infrastructure.queues.get(name)
        if queue is None:
            what = f'{variable} is "{name}", which {deployment.infrastructure.file} does not make'
            yield Finding(deployment.file, "refresh.props.environmentVariables", what, "name the same queue in both")
        elif queue.retention != KEPT_AT_MOST:
            what = f"messages of {name} are kept for {queue.retention} s"
            yield Finding(
                deployment.infrastructure.file, "MessageRetentionPeriod", what, f"write {KEPT_AT_MOST}, the maximum"
            )


def _no_dead_letters(deployment: Deployment, trigger: QueueTrigger) -> Iterator[Finding]:
    if trigger.queue == _dead_letter_queue(deployment):
        what = f"{trigger.name} reads the dead-letter queue, its messages would loop forever"
        yield Finding(deployment.file, trigger.place, what, "take it out: dead letters wait for a person")


def _stream(deployment: Deployment, trigger: QueueTrigger) -> Iterator[Finding]:
    written = {
        "triggerEnable": trigger.enabled,
        "eventRuleFilterPattern": trigger.pattern,
        "asyncInvocationType": not trigger.synchronous,
        "runOptions.mode": trigger.mode,
        "runOptions.maximumTasks": trigger.tasks,
        "runOptions.errorsTolerance": trigger.errors_tolerance,
        "runOptions.retryStrategy": trigger.retry_strategy,
        "sourceMNSParameters.IsBase64Decode": trigger.base64,
    }
    for name, (wanted, why) in STREAM.items():
        if written[name] != wanted:
            place = f"{trigger.place}.triggerConfig.{name}"
            remedy = f"write '{wanted}'" if wanted == TAKES_ALL else f"write {wanted}"
            yield Finding(deployment.file, place, f"is {written[name]} ({why})", remedy)


def _source(deployment: Deployment, function: Function, trigger: QueueTrigger) -> Iterator[Finding]:
    if trigger.region != function.region:
        what = f'"{trigger.region}" is not the region of the queue, which is {function.region}'
        yield Finding(
            deployment.file,
            f"{trigger.place}.triggerConfig.sourceMNSParameters.RegionId",
            what,
            f"write {function.region}",
        )


def _window(deployment: Deployment, trigger: QueueTrigger) -> Iterator[Finding]:
    for key, written, most in (
        ("CountBasedWindow", trigger.window_messages, WINDOW_MESSAGES),
        ("TimeBasedWindow", trigger.window_seconds, WINDOW_SECONDS),
    ):
        if written > most:
            place = f"{trigger.place}.triggerConfig.runOptions.batchWindow.{key}"
            yield Finding(deployment.file, place, f"is {written}", f"write at most {most}")


def _times(deployment: Deployment, function: Function, trigger: QueueTrigger) -> Iterator[Finding]:
    timeout = function.timeout
    if timeout > SYNCHRONOUS_AT_MOST:
        what = f"is {timeout} s, but the call of an event stream ends after {SYNCHRONOUS_AT_MOST}"
        yield Finding(
            deployment.file, f"{function.resource}.props.timeout", what, f"write at most {SYNCHRONOUS_AT_MOST}"
        )
    queue = deployment.infrastructure.queues.get(trigger.queue)
    wanted = visibility_for(timeout)
    if queue and queue.visibility < wanted:
        what = (
            f"messages of {queue.name} come back after {queue.visibility} s, while the function may still work on them"
        )
        remedy = f"write at least 2 * {timeout} + {VISIBILITY_MARGIN} = {wanted}"
        yield Finding(deployment.file, "infra.props.parameters.BacklogVisibilityTimeout", what, remedy)


def _one_reader(deployment: Deployment) -> Iterator[Finding]:
    """One trigger reads the backlog, and its function has one instance: no two batches are worked on at a time."""
    backlog = deployment.function.environment.get("BACKLOG_QUEUE", "")
    readers = [
        (function, trigger)
        for function in deployment.functions
        for trigger in function.queue_triggers
        if trigger.queue == backlog
    ]
    if not readers:
        what = f'no trigger reads the backlog "{backlog}", so its messages would never come back'
        yield Finding(deployment.file, "drain.props.triggers", what, "give the function drain a queue trigger for it")
    for _, trigger in readers[1:]:
        what = f"{trigger.name} is a second reader of the backlog: parallel batches spend the same quota twice"
        yield Finding(deployment.file, trigger.place, what, f"take it out, {readers[0][1].place} reads it")
    for function in {function.resource: function for function, _ in readers}.values():
        if function.instances != DRAINS:
            place = f"{function.resource}.props.concurrencyConfig.reservedConcurrency"
            written = "is missing" if function.instances is None else f"is {function.instances}"
            what = f"{written}: where the stream ignores maximumTasks, parallel batches spend the same quota twice"
            remedy = f"write {DRAINS}" if not function.oss_triggers else "move the queue trigger to the function drain"
            yield Finding(deployment.file, place, what, remedy)
