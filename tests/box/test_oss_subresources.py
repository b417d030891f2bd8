"""OSS in a box refuses what it does not model, and never takes it for something that it does.

That its list of names is the SDKs' is in tests/oracles/test_oss_signed_names.py.
"""

from collections.abc import Iterator
from typing import Any

import alibabacloud_oss_v2 as oss_v2
import pytest
from oss_clients import NEWER, VERSIONS, bucket, client, oss2, refusal, two_objects

from oss_cdn_refresh_box.oss import Oss
from oss_cdn_refresh_box.oss.signing.signatures import KNOWN

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")
READ = {
    "objectMeta",
    "x-oss-process",
    "response-cache-control",
    "response-content-disposition",
    "response-content-encoding",
    "response-content-language",
    "response-content-type",
    "response-expires",
}
ANSWERED = {  # alone and without a value; all others are refused
    ("GET", "a"): READ,
    ("HEAD", "a"): READ,
    ("POST", "a"): {"uploads"},
    ("GET", ""): {"bucketInfo", "cname", "continuation-token", "location", "versioning"},
}


@pytest.fixture
def oss() -> Iterator[Oss]:
    with two_objects() as oss:
        yield oss


@pytest.fixture
def events(oss: Oss) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    oss.subscribe(events.append)
    return events


def names(events: list[dict[str, Any]]) -> list[str]:
    return [event["eventName"] for event in events]


@pytest.mark.parametrize("version", ["v1", *(pytest.param(each, marks=pytest.mark.load) for each in VERSIONS[1:])])
@pytest.mark.parametrize("key", ["a", ""])
@pytest.mark.parametrize("method", ["PUT", "POST", "GET", "HEAD", "DELETE"])
def test_a_subresource_that_is_not_modelled_is_refused(
    oss: Oss, events: list[dict[str, Any]], version: str, key: str, method: str
) -> None:
    before = oss.objects("my-site")
    with bucket(oss, version) as signed:
        answers = {
            name: refusal(signed._do, method, "my-site", key, params={name: ""})[0]  # noqa: SLF001 - any request
            for name in sorted(KNOWN)
        }
    assert {name for name, status in answers.items() if status < 400} == ANSWERED.get((method, key), set())
    assert {status for status in answers.values() if status >= 500} <= {501}
    assert oss.objects("my-site") == before
    assert names(events) == ["ObjectCreated:InitiateMultipartUpload"] * ((method, key) == ("POST", "a"))


@pytest.mark.parametrize("version", NEWER)
@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_the_newer_sdk_is_refused_as_well(oss: Oss, events: list[dict[str, Any]], version: str, method: str) -> None:
    before = oss.objects("my-site")
    signed = client(oss, version)
    answered = set()
    for name in sorted(KNOWN):
        for key in ("a", None):
            wanted = oss_v2.OperationInput(
                op_name=name,
                method=method,
                bucket="my-site",
                key=key,
                parameters={name: ""},
                op_metadata={"sub-resource": [name]},
            )
            if refusal(signed.invoke_operation, wanted)[0] < 400:
                answered.add((name, key))
    assert answered == ({("uploads", "a")} if method == "POST" else set())
    assert oss.objects("my-site") == before
    assert names(events) == ["ObjectCreated:InitiateMultipartUpload"] * len(answered)


def calls(signed: Any) -> dict[str, Any]:
    """Methods of `oss2` that change something, or seem to, by their names."""
    models = oss2.models
    rules = models.TaggingRule()
    rules.add("owner", "me")
    tags = models.Tagging(rules)
    rule = models.LifecycleRule("id", "", expiration=models.LifecycleExpiration(days=1))
    return {
        "put_object_acl": lambda: signed.put_object_acl("a", oss2.OBJECT_ACL_PRIVATE),
        "get_object_acl": lambda: signed.get_object_acl("a"),
        "put_object_tagging": lambda: signed.put_object_tagging("a", tags),
        "get_object_tagging": lambda: signed.get_object_tagging("a"),
        "delete_object_tagging": lambda: signed.delete_object_tagging("a"),
        "restore_object": lambda: signed.restore_object("a"),
        "process_object": lambda: signed.process_object("a", "image/resize,w_100|sys/saveas,o_Yg"),
        "async_process_object": lambda: signed.async_process_object("a", "video/convert"),
        "select_object": lambda: signed.select_object("a", "select * from ossobject"),
        "delete_object_versions": lambda: signed.delete_object_versions(
            models.BatchDeleteObjectVersionList([models.BatchDeleteObjectVersion("a", "1")])
        ),
        "delete_one_version": lambda: signed.delete_object("a", params={"versionId": "1"}),
        "get_one_version": lambda: signed.get_object("a", params={"versionId": "1"}),
        "put_bucket_acl": lambda: signed.put_bucket_acl(oss2.BUCKET_ACL_PRIVATE),
        "get_bucket_acl": signed.get_bucket_acl,
        "put_bucket_lifecycle": lambda: signed.put_bucket_lifecycle(models.BucketLifecycle([rule])),
        "get_bucket_lifecycle": signed.get_bucket_lifecycle,
        "delete_bucket_lifecycle": signed.delete_bucket_lifecycle,
        "put_bucket_cors": lambda: signed.put_bucket_cors(models.BucketCors([models.CorsRule(["*"], ["GET"])])),
        "delete_bucket_cors": signed.delete_bucket_cors,
        "put_bucket_logging": lambda: signed.put_bucket_logging(models.BucketLogging("my-site", "log/")),
        "delete_bucket_logging": signed.delete_bucket_logging,
        "put_bucket_referer": lambda: signed.put_bucket_referer(
            models.BucketReferer(allow_empty_referer=True, referers=["http://x"])
        ),
        "put_bucket_website": lambda: signed.put_bucket_website(models.BucketWebsite("index.html", "404.html")),
        "delete_bucket_website": signed.delete_bucket_website,
        "put_bucket_tagging": lambda: signed.put_bucket_tagging(tags),
        "delete_bucket_tagging": signed.delete_bucket_tagging,
        "put_bucket_versioning": lambda: signed.put_bucket_versioning(models.BucketVersioningConfig("Enabled")),
        "list_object_versions": signed.list_object_versions,
        "list_multipart_uploads": signed.list_multipart_uploads,
        "put_bucket_policy": lambda: signed.put_bucket_policy("{}"),
        "delete_bucket_policy": signed.delete_bucket_policy,
        "delete_bucket_encryption": signed.delete_bucket_encryption,
        "put_bucket_transfer_acceleration": lambda: signed.put_bucket_transfer_acceleration("true"),
        "put_bucket_access_monitor": lambda: signed.put_bucket_access_monitor("Enabled"),
        "delete_bucket_cname": lambda: signed.delete_bucket_cname("www.example.com"),
        "get_bucket_cname_token": lambda: signed.get_bucket_cname_token("www.example.com"),
        "init_bucket_worm": lambda: signed.init_bucket_worm(1),
        "create_live_channel": lambda: signed.create_live_channel("a", models.LiveChannelInfo()),
        "delete_live_channel": lambda: signed.delete_live_channel("a"),
        "put_live_channel_status": lambda: signed.put_live_channel_status("a", "disabled"),
        "post_vod_playlist": lambda: signed.post_vod_playlist("a", "b", 1, 2),
        "get_bucket_stat": signed.get_bucket_stat,
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_sdk_methods_that_are_not_modelled_are_refused(oss: Oss, events: list[dict[str, Any]], version: str) -> None:
    before = oss.objects("my-site")
    with bucket(oss, version) as signed:
        answers = {name: refusal(call) for name, call in calls(signed).items()}
    assert set(answers.values()) == {(501, "NotImplemented")}
    assert (oss.objects("my-site"), events) == (before, [])
