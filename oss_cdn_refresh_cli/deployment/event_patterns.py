"""Reads the event pattern of an EventBridge trigger for the changes of OSS objects.

Facts: EventBridge, "Event patterns" (a list holds alternatives, all keys have to match), "OSS events" (source
`acs.oss`, types such as `oss:ObjectCreated:PutObject`); the documented events have bucket and key in `data.oss`.

A pattern may have these keys and no others:

    {"source": ["acs.oss"], "type": [names of events],
     "data": {"oss": {"bucket": {"name": [names]}, "object": {"key": [{"prefix": text} or {"suffix": text}, …]}}}}

`object` may be missing. A wider or narrower form is a fault: nobody could tell for which objects it fires.
"""

import json
from collections.abc import Mapping
from typing import Any

from oss_cdn_refresh_cli.deployment.expectations import Watch
from oss_cdn_refresh_cli.deployment.model import EventTrigger
from oss_cdn_refresh_cli.deployment.props import EMPTY, Props

SOURCE = "acs.oss"
PATTERN = "eventRuleFilterPattern"
FORM = "write it as docs/examples/eventbridge.yml does"
ALL_OBJECTS = (Watch("", ""),)


def pattern_of(config: Props) -> Mapping[str, Any]:
    """The event pattern of a trigger's configuration; complains about a text that is no JSON object."""
    try:
        pattern = json.loads(config.text(PATTERN, ""))
    except ValueError:
        pattern = None
    if isinstance(pattern, dict):
        return pattern
    config.complain(f"{config.place}.{PATTERN}", "is no JSON object", FORM)
    return EMPTY


def of_oss(pattern: Mapping[str, Any]) -> bool:
    """Whether a pattern names the source OSS."""
    sources = pattern.get("source")
    return isinstance(sources, list) and SOURCE in sources


def event_trigger(name: str, place: str, config: Props, pattern: Mapping[str, Any]) -> EventTrigger:
    """The trigger whose pattern names the source OSS; complains about a part of the pattern that has another form."""
    written = Props(f"{config.place}.{PATTERN}", pattern, config.complain)
    oss = written.inner("data", "oss")
    _only(written, "source", "type", "data")
    _only(written.inner("data"), "oss")
    _only(oss, "bucket", "object")
    _only(oss.inner("bucket"), "name")
    _only(oss.inner("object"), "key")
    return EventTrigger(
        name=name,
        place=place,
        buckets=_texts(oss.inner("bucket"), "name"),
        events=_texts(written, "type"),
        watches=tuple(_watch(key) for key in oss.inner("object").entries("key")) or ALL_OBJECTS,
        schema=config.inner("eventSinkConfig", "deliveryOption").text("eventSchema", "CloudEvents"),
        synchronous=not config.flag("asyncInvocationType", default=False),
        enabled=config.flag("triggerEnable", default=True),
    )


def _only(props: Props, *known: str) -> None:
    for key in props.values:
        if key not in known:
            props.complain(f"{props.place}.{key}", "is not understood", FORM)


def _texts(props: Props, key: str) -> tuple[str, ...]:
    """The texts of a list that may not be empty."""
    values = props.values.get(key)
    if isinstance(values, list) and values and all(isinstance(value, str) for value in values):
        return tuple(values)
    props.complain(f"{props.place}.{key}", "is missing or no list of texts", FORM)
    return ()


def _watch(key: Props) -> Watch:
    """The objects whose key begins or ends with a text."""
    if len(key.values) != 1:
        key.complain(key.place, "has not exactly one of prefix and suffix", "write one entry for each")
    _only(key, "prefix", "suffix")
    return Watch(key.text("prefix", ""), key.text("suffix", ""))
