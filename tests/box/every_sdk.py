"""Uses the official SDKs with nothing but the variables of a box, and prints what each of them got. Not a test itself.

It runs as a process of its own, also in an environment that has only the wheel and the SDKs.
"""

import json
import os
import sys
import warnings
from collections.abc import Callable
from typing import Any

warnings.simplefilter("ignore")  # of the SDKs' own code, on new versions of Python

import alibabacloud_oss_v2 as oss_v2  # noqa: E402 - after the filter
import oss2  # noqa: E402 - as above
from alibabacloud_cdn20180510 import models as cdn_models  # noqa: E402 - as above
from alibabacloud_cdn20180510.client import Client as Cdn  # noqa: E402 - as above
from alibabacloud_dcdn20180115 import models as dcdn_models  # noqa: E402 - as above
from alibabacloud_dcdn20180115.client import Client as Dcdn  # noqa: E402 - as above
from alibabacloud_esa20240910 import models as esa_models  # noqa: E402 - as above
from alibabacloud_esa20240910.client import Client as Esa  # noqa: E402 - as above
from alibabacloud_tea_openapi.models import Config  # noqa: E402 - as above
from mns.account import Account  # noqa: E402 - as above
from mns.queue import Message  # noqa: E402 - as above

BUCKET, QUEUE = "my-site", "work"
KEY, SECRET = os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"], os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]
REGION = os.environ["ALIBABA_CLOUD_REGION_ID"]


def oss2_with(auth: Any, **more: str) -> str:
    bucket = oss2.Bucket(auth, os.environ["OSS_ENDPOINT"], BUCKET, **more)
    bucket.put_object("oss2.txt", "by oss2")
    return str(bucket.get_object("oss2.txt").read().decode())


def oss_of_version_2() -> str:
    config = oss_v2.config.load_default()
    config.credentials_provider = oss_v2.credentials.EnvironmentVariableCredentialsProvider()
    config.region, config.endpoint = REGION, os.environ["OSS_ENDPOINT"]
    client = oss_v2.Client(config)
    client.put_object(oss_v2.PutObjectRequest(bucket=BUCKET, key="v2.txt", body=b"by v2"))
    return str(client.get_object(oss_v2.GetObjectRequest(bucket=BUCKET, key="v2.txt")).body.content.decode())


def smq() -> str:
    queue = Account(os.environ["SMQ_ENDPOINT"], KEY, SECRET).get_queue(QUEUE)
    queue.send_message(Message("by mns"))
    received = queue.receive_message()
    queue.delete_message(received.receipt_handle)
    return str(received.message_body.decode())


def of(client: Callable[[Config], Any], variable: str) -> Any:
    endpoint = os.environ[variable].partition("://")[2]
    return client(Config(endpoint=endpoint, protocol="http", access_key_id=KEY, access_key_secret=SECRET))


def cdn() -> str:
    request = cdn_models.RefreshObjectCachesRequest(object_path="http://www.example.com/a", object_type="File")
    return str(of(Cdn, "CDN_ENDPOINT").refresh_object_caches(request).body.refresh_task_id)


def dcdn() -> str:
    request = dcdn_models.RefreshDcdnObjectCachesRequest(object_path="http://img.example.com/a", object_type="File")
    return str(of(Dcdn, "DCDN_ENDPOINT").refresh_dcdn_object_caches(request).body.refresh_task_id)


def esa() -> str:
    client = of(Esa, "ESA_ENDPOINT")
    (site,) = client.list_sites(esa_models.ListSitesRequest(site_name="example.org")).body.sites
    content = esa_models.PurgeCachesRequestContent(files=["http://www.example.org/a"])
    request = esa_models.PurgeCachesRequest(site_id=site.site_id, type="file", content=content)
    return str(client.purge_caches(request).body.task_id)


def main() -> None:
    found = {
        "oss2 V1": oss2_with(oss2.Auth(KEY, SECRET)),
        "oss2 V4": oss2_with(oss2.AuthV4(KEY, SECRET), region=REGION),
        "alibabacloud-oss-v2": oss_of_version_2(),
        "aliyun-mns-sdk": smq(),
        "CDN": cdn(),
        "DCDN": dcdn(),
        "ESA": esa(),
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
