"""What OSS tells of an upload, and a message of the queue trigger around it, with all fields that are documented."""

import json
from typing import Any


def notification(number: int) -> str:
    """The notification of one upload, with the fields that OSS documents."""
    record: dict[str, Any] = {
        "eventName": "ObjectCreated:PutObject",
        "eventSource": "acs:oss",
        "eventTime": f"2026-11-22T03:59:{number % 60:02}.000Z",
        "eventVersion": "1.0",
        "oss": {
            "bucket": {
                "arn": "acs:oss:cn-hangzhou:1000200030004000:my-site",
                "name": "my-site",
                "ownerIdentity": "1000200030004000",
                "virtualBucket": "",
            },
            "object": {
                "deltaSize": 512,
                "eTag": "9E107D9D372BB6826BD81D3542A419D6",
                "key": f"assets/images/2026/product-{number}.jpg",
                "size": 2048,
            },
            "ossSchemaVersion": "1.0",
            "ruleId": "refresh",
        },
        "region": "cn-hangzhou",
        "requestParameters": {"sourceIPAddress": "192.0.2.10"},
        "responseElements": {"requestId": f"6921A0C0B5F3{number:012X}"},
        "userIdentity": {"principalId": "1000200030004000"},
    }
    return json.dumps({"events": [record]})


def cloud_event(number: int, body: str) -> dict[str, Any]:
    """A message of a queue as the queue trigger brings it."""
    return {
        "id": f"B1946AC92492D2347C62{number:012X}",
        "source": "oss-cdn-refresh-backlog",
        "specversion": "1.0",
        "type": "mns:Queue:SendMessage",
        "datacontenttype": "application/json;charset=utf-8",
        "subject": "acs:mns:cn-hangzhou:1000200030004000:queues/oss-cdn-refresh-backlog",
        "time": "2026-11-22T03:59:59Z",
        "aliyunaccountid": "1000200030004000",
        "aliyunpublishtime": "2026-11-22T03:59:59.745Z",
        "aliyuneventbusname": "default",
        "aliyunregionid": "cn-hangzhou",
        "data": {
            "requestId": f"6921A0C1{number:016X}",
            "messageId": f"B1946AC92492D2347C62{number:012X}",
            "messageBody": body,
        },
    }
