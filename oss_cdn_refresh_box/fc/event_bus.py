"""The default event bus of EventBridge: it brings the events of OSS to the triggers whose rules match them.

Facts: EventBridge, "OSS events" and "Event structure"; Function Compute, "EventBridge-based OSS triggers".
UNCONFIRMED: EventBridge's list of OSS events has neither DeleteObjects nor UpdateObjectMeta; here no such event comes.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from oss_cdn_refresh_cli.deployment.event_patterns import SOURCE
from oss_cdn_refresh_cli.deployment.model import EventTrigger

NOT_SENT = frozenset({"oss:ObjectRemoved:DeleteObjects", "oss:ObjectModified:UpdateObjectMeta"})


def matches(trigger: EventTrigger, record: Mapping[str, Any]) -> bool:
    """Whether OSS sends an event for a change and the rule of a trigger takes it."""
    name, oss = f"oss:{record['eventName']}", record["oss"]
    key = oss["object"]["key"]
    named = name in trigger.events and name not in NOT_SENT and oss["bucket"]["name"] in trigger.buckets
    within = any(key.startswith(watch.prefix) and key.endswith(watch.suffix) for watch in trigger.watches)
    return trigger.enabled and named and within


def event(trigger: EventTrigger, record: Mapping[str, Any]) -> Mapping[str, Any]:
    """The event as the function gets it: a CloudEvent, or only its data (RawData)."""
    if trigger.schema == "RawData":
        return record
    oss, account = record["oss"], record["userIdentity"]["principalId"]
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, record["responseElements"]["requestId"])),
        "source": SOURCE,
        "specversion": "1.0",
        "type": f"oss:{record['eventName']}",
        "datacontenttype": "application/json;charset=utf-8",
        "subject": f"{oss['bucket']['arn']}/{oss['object']['key']}",
        "time": record["eventTime"],
        "aliyunaccountid": account,
        "aliyunpublishtime": record["eventTime"],
        "aliyunoriginalaccountid": account,
        "aliyuneventbusname": "default",
        "aliyunregionid": record["region"],
        "data": record,
    }
