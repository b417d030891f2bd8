"""Reads functions and triggers in the form of the component fc3, which Function Compute's API has too.

Keys and defaults: fc3's schema of `props` and its pages on triggers.
"""

from pathlib import Path

from oss_cdn_refresh_cli.deployment.event_patterns import event_trigger, of_oss, pattern_of
from oss_cdn_refresh_cli.deployment.expectations import TAKES_ALL
from oss_cdn_refresh_cli.deployment.model import Function, OssTrigger, OtherTrigger, QueueTrigger, Trigger
from oss_cdn_refresh_cli.deployment.props import EMPTY, Props

DEFAULT_TIMEOUT = 3  # s; fc3
DEFAULT_MEMORY = 512  # MB; fc3's schema
DEFAULT_RETRIES = 3  # of an asynchronous call; Function Compute
DEFAULT_EVENT_AGE = 18_000  # s; fc3's schema, other documents say otherwise
DEFAULT_BUS = "Default"  # the eventSourceType of a rule on the default event bus, where OSS sends its events
FC3_CHOOSES = "auto"  # of a log: fc3 makes a project and a logstore with names of its own


def function(resource: str, props: Props, folder: Path) -> Function:
    """One function; its code lies below `folder`."""
    initializer = props.inner("instanceLifecycleConfig", "initializer")
    asynchronous = props.inner("asyncInvokeConfig")
    environment = props.inner("environmentVariables")
    concurrency = props.inner("concurrencyConfig")
    log = props.inner("logConfig") if props.values.get("logConfig") != FC3_CHOOSES else Props("", EMPTY)
    return Function(
        resource=resource,
        place=props.place,
        name=props.text("functionName"),
        region=props.text("region"),
        code=folder / props.text("code"),
        runtime=props.text("runtime"),
        handler=props.text("handler"),
        initializer=initializer.text("handler", ""),
        initializer_timeout=initializer.number("timeout", DEFAULT_TIMEOUT),
        timeout=props.number("timeout", DEFAULT_TIMEOUT),
        memory=props.number("memorySize", DEFAULT_MEMORY),
        environment={name: environment.text(name) for name in environment.values},
        role=props.text("role", ""),
        layers=props.texts("layers"),
        instances=concurrency.number("reservedConcurrency") if concurrency.values else None,
        events_at_a_time=props.number("instanceConcurrency", 1),
        internet=props.flag("internetAccess", default=True),
        async_retries=asynchronous.number("maxAsyncRetryAttempts", DEFAULT_RETRIES),
        async_event_age=asynchronous.number("maxAsyncEventAgeInSeconds", DEFAULT_EVENT_AGE),
        failure_destination=asynchronous.inner("destinationConfig", "onFailure").text("destination", ""),
        log_project=log.text("project", ""),
        logstore=log.text("logstore", ""),
        log_requests=log.flag("enableRequestMetrics", default=False),
        triggers=tuple(_trigger(entry) for entry in props.entries("triggers")),
    )


def _trigger(props: Props) -> Trigger:
    name, kind, config = props.text("triggerName"), props.text("triggerType"), props.inner("triggerConfig")
    if kind == "oss":
        key = config.inner("filter", "key")
        source = props.text("sourceArn")
        return OssTrigger(
            name=name,
            place=props.place,
            bucket=source.rpartition(":")[2],
            events=config.texts("events"),
            prefix=key.text("prefix"),
            suffix=key.text("suffix"),
            source=source,
            role=props.text("invocationRole", ""),
        )
    events, run = config.inner("eventSourceConfig"), config.inner("runOptions")
    source = events.text("eventSourceType") if kind == "eventbridge" else ""
    if source == DEFAULT_BUS and of_oss(pattern := pattern_of(config)):
        return event_trigger(name, props.place, config, pattern)
    if source != "MNS":
        return OtherTrigger(name, props.place, kind)
    queue = events.inner("eventSourceParameters", "sourceMNSParameters")
    return QueueTrigger(
        name=name,
        place=props.place,
        queue=queue.text("QueueName"),
        base64=queue.flag("IsBase64Decode", default=True),
        schema=config.inner("eventSinkConfig", "deliveryOption").text("eventSchema", "CloudEvents"),
        synchronous=not config.flag("asyncInvocationType", default=False),
        enabled=config.flag("triggerEnable", default=True),
        mode=run.text("mode", "event-driven"),
        tasks=run.number("maximumTasks", 0),
        window_messages=run.inner("batchWindow").number("CountBasedWindow", 1),
        window_seconds=run.inner("batchWindow").number("TimeBasedWindow", 0),
        errors_tolerance=run.text("errorsTolerance", "ALL"),
        retry_strategy=run.inner("retryStrategy").text("PushRetryStrategy", "BACKOFF_RETRY"),
        dead_letter_arn=run.inner("deadLetterQueue").text("Arn", ""),
        region=queue.text("RegionId", ""),
        pattern="".join(config.text("eventRuleFilterPattern", "").split()) or TAKES_ALL,
    )
