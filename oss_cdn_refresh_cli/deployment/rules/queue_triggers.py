"""Rules for queue triggers: one reader of the backlog, in batches, without lost or looping messages.

Facts: Function Compute, "SMQ queue triggers"; EventBridge, "Event streams".
"""

from collections.abc import Iterator, Mapping

from oss_cdn_refresh_cli.deployment.expectations import DRAINS, TAKES_ALL, WINDOW_MESSAGES, WINDOW_SECONDS
from oss_cdn_refresh_cli.deployment.model import DRAIN, Deployment, QueueTrigger
from oss_cdn_refresh_cli.deployment.rules.finding import Finding, Weight

STREAM: Mapping[str, tuple[object, str, Weight]] = {  # by setting: the required value, the reason and the weight
    "triggerEnable": (True, "nothing comes back from the backlog", Weight.FAULT),
    "eventRuleFilterPattern": (TAKES_ALL, "the stream drops the messages that it does not match", Weight.FAULT),
    "asyncInvocationType": (False, "128 KB, and too large for a dead letter", Weight.FAULT),
    "runOptions.mode": ("event-streaming", "the other one knows no batches", Weight.FAULT),
    "runOptions.maximumTasks": (1, "parallel batches spend the same quota twice", Weight.WEAKNESS),
    "runOptions.errorsTolerance": ("ALL", "NONE stops the stream", Weight.FAULT),
    "runOptions.retryStrategy": ("EXPONENTIAL_DECAY_RETRY", "the other one is 3 tries", Weight.WEAKNESS),
    "sourceMNSParameters.IsBase64Decode": (False, "the bodies are plain JSON", Weight.FAULT),
}


def queue_triggers(deployment: Deployment) -> Iterator[Finding]:
    """Faults that lose a message, or deliver it twice or for ever."""
    for function in deployment.functions:
        for trigger in function.queue_triggers:
            config = f"{trigger.place}.triggerConfig"
            yield from dead_letters_read(deployment, trigger)
            yield from _stream(trigger, config)
            yield from _window(trigger, config)
            if function.region and trigger.region != function.region:
                place = f"{config}.sourceMNSParameters.RegionId"
                what = f'"{trigger.region}" is not the region of the queue, which is {function.region}'
                yield Finding(place, what, f"write RegionId: {function.region}")


def dead_letters_read(deployment: Deployment, trigger: QueueTrigger) -> Iterator[Finding]:
    """A trigger must not read the dead-letter queue."""
    if deployment.dead_letters and trigger.queue == deployment.dead_letters:
        what = f"{trigger.name} reads the dead-letter queue, its messages would loop forever"
        yield Finding(trigger.place, what, "take it off: dead letters wait for a person")


def one_reader(deployment: Deployment) -> Iterator[Finding]:
    """One trigger reads the backlog, and its function has no other, so that batches are worked on in turn."""
    readers = deployment.readers
    if not readers:
        what = f'no trigger reads the backlog "{deployment.backlog}", so its messages would never come back'
        yield Finding(f"{DRAIN}.triggers", what, "give the function drain a queue trigger for it, as in template.yml")
        return
    (function, first), *others = readers
    for _, trigger in others:
        what = f"{trigger.name} is a second reader of the backlog, side by side with {first.place}: "
        what += "parallel batches spend the same quota twice"
        yield Finding(trigger.place, what, f"take it out, {first.place} reads it", Weight.WEAKNESS)
    if not others and function.watches_buckets and function.instances != DRAINS:
        place = f"{function.place}.concurrencyConfig.reservedConcurrency"
        written = "is missing" if function.instances is None else f"is {function.instances}"
        what = f"{written}: where the stream ignores maximumTasks, parallel batches spend the same quota twice"
        yield Finding(place, what, "move the queue trigger to the function drain", Weight.WEAKNESS)


def _stream(trigger: QueueTrigger, config: str) -> Iterator[Finding]:
    written: dict[str, object] = {
        "triggerEnable": trigger.enabled,
        "eventRuleFilterPattern": trigger.pattern,
        "asyncInvocationType": not trigger.synchronous,
        "runOptions.mode": trigger.mode,
        "runOptions.maximumTasks": trigger.tasks,
        "runOptions.errorsTolerance": trigger.errors_tolerance,
        "runOptions.retryStrategy": trigger.retry_strategy,
        "sourceMNSParameters.IsBase64Decode": trigger.base64,
    }
    for name, (wanted, why, weight) in STREAM.items():
        if written[name] != wanted:
            what = f"is {_as_yaml(written[name])} ({why})"
            yield Finding(f"{config}.{name}", what, f"write {_as_yaml(wanted)}", weight)


def _as_yaml(value: object) -> str:
    if value == TAKES_ALL:  # without quotes it would be a mapping
        return f"'{TAKES_ALL}'"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _window(trigger: QueueTrigger, config: str) -> Iterator[Finding]:
    for key, written, most in (
        ("CountBasedWindow", trigger.window_messages, WINDOW_MESSAGES),
        ("TimeBasedWindow", trigger.window_seconds, WINDOW_SECONDS),
    ):
        if written > most:
            yield Finding(f"{config}.runOptions.batchWindow.{key}", f"is {written}", f"write at most {most}")
