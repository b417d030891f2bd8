"""What is in a box, from what a person asks for."""

from pathlib import Path
from typing import Any

import oss2
import pytest
import yaml
from alibabacloud_cdn20180510.client import Client
from alibabacloud_cdn20180510.models import RefreshObjectCachesRequest
from alibabacloud_tea_openapi.models import Config
from boxes import ROOT

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh_box.box.opened import Box
from oss_cdn_refresh_box.box.terms import Terms
from oss_cdn_refresh_box.cloud.deployment import ignored
from oss_cdn_refresh_cli.deployment.reading.variables import TemplateError
from oss_cdn_refresh_cli.shared.errors import Failed

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning",  # how the SDKs sign, on Python 3.12
    "ignore:unclosed:ResourceWarning",  # oss2 and the SDK of the CDN keep their connections
)
WWW = "http://www.example.com"
OURS = ROOT / "template.yml"
IN_OSS = {"REFRESH_CONFIG": "oss://b/c.yml"}
SMALL = {
    "region": "cn-hangzhou",
    "functionName": "mine",
    "code": "./code",
    "runtime": "python3.10",
    "handler": "index.handler",
}


def bucket(box: Box, name: str = "my-site") -> Any:
    return oss2.Bucket(oss2.Auth(box.access_key_id, box.access_key_secret), box.oss.url, name)


def refresh(box: Box, url: str) -> None:
    endpoint = box.cdn.url.partition("://")[2]
    keys = {"access_key_id": box.access_key_id, "access_key_secret": box.access_key_secret}
    request = RefreshObjectCachesRequest(object_path=url, object_type="File")
    Client(Config(endpoint=endpoint, protocol="http", **keys)).refresh_object_caches(request)


def deploy(folder: Path, source: str = "", triggers: tuple[Any, ...] = (), **props: Any) -> Path:
    """A template with one function in Python."""
    (folder / "code").mkdir()
    (folder / "code" / "index.py").write_text(source, encoding="utf-8")
    resource = {"component": "fc3", "props": {**SMALL, **props, "triggers": list(triggers)}}
    file = folder / "mine.yml"
    file.write_text(yaml.safe_dump({"edition": "3.0.0", "resources": {"mine": resource}}), encoding="utf-8")
    return file


def of_bucket(name: str) -> dict[str, Any]:
    config = {"events": ["oss:ObjectCreated:*"], "filter": {"key": {"prefix": "", "suffix": ""}}}
    source = f"acs:oss:cn-hangzhou:1234567890123456:{name}"
    return {"triggerName": "uploaded", "triggerType": "oss", "sourceArn": source, "triggerConfig": config}


def of_queue(name: str) -> dict[str, Any]:
    source = {"RegionId": "cn-hangzhou", "QueueName": name, "IsBase64Decode": False}
    config = {
        "eventSourceConfig": {"eventSourceType": "MNS", "eventSourceParameters": {"sourceMNSParameters": source}},
        "runOptions": {"mode": "event-streaming", "batchWindow": {"CountBasedWindow": 1, "TimeBasedWindow": 0}},
    }
    return {"triggerName": "sent", "triggerType": "eventbridge", "triggerConfig": config}


def test_a_box_has_a_bucket_and_a_domain_that_shows_it() -> None:
    with Box() as box:
        assert (box.buckets, box.domains) == (["my-site"], {"www.example.com": ["my-site"]})


def test_a_refresh_takes_effect_after_the_delay() -> None:
    served = []
    with Box(Terms(delay=300)) as box:
        for body in ("old", "new"):
            bucket(box).put_object("a.txt", body)
            served.append(box.visit(f"{WWW}/a.txt").body)
        refresh(box, f"{WWW}/a.txt")
        for seconds in (299, 1):
            box.advance(seconds)
            served.append(box.visit(f"{WWW}/a.txt").body)
    assert served == [b"old", b"old", b"old", b"new"]


def test_a_task_is_complete_after_the_delay() -> None:
    with Box(Terms(delay=2)) as box:
        refresh(box, f"{WWW}/a.txt")
        (task,) = box.cdn.tasks.submitted
        now = box.cloud.clock.now()
        assert (task.status(now), task.status(now + 2)) == ("Refreshing", "Complete")


def test_clients_that_sign_with_the_machine_s_time_are_admitted_after_an_hour() -> None:
    with Box() as box:
        box.advance(3_600)
        bucket(box).put_object("a.txt", "x")
        refresh(box, f"{WWW}/a.txt")
        assert [call.accepted for call in box.cdn.calls] == [True]


@pytest.mark.parametrize(
    ("terms", "domains", "buckets"),
    [
        (Terms(buckets=["one", "two"]), {"www.example.com": ["one"]}, ["one", "two"]),
        (Terms(domains=["a.example.com=two"]), {"a.example.com": ["two"]}, ["two"]),
        (
            Terms(buckets=["one"], domains=["a.example.com", "dcdn:b.example.com=two"]),
            {"a.example.com": ["one"], "b.example.com": ["two"]},
            ["one", "two"],
        ),
    ],
)
def test_a_domain_shows_its_bucket_or_the_first_one(
    terms: Terms, domains: dict[str, list[str]], buckets: list[str]
) -> None:
    with Box(terms) as box:
        assert (box.domains, sorted(box.buckets)) == (domains, buckets)


def test_a_domain_belongs_to_its_product() -> None:
    with Box(Terms(domains=["a.example.com", "dcdn:b.example.com", "esa:c.example.org"])) as box:
        assert (list(box.cdn.domains), list(box.dcdn.domains)) == (["a.example.com"], ["b.example.com"])
        assert box.esa_sites == {"example.org": 1_000_001}


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (Terms(buckets=["My_Site"]), '"My_Site" is no name of a bucket: write 3 to 63'),
        (Terms(buckets=["My_Site"], refresh_config=ROOT / "functions" / "config.yml"), '"My_Site" is no name'),
        (Terms(domains=["*.example.com"]), "wildcard"),
        (Terms(domains=["www.example.com=X"]), "is no name of a bucket"),
        (Terms(domains=["https://www.example.com"]), '"https" is no product: write cdn, dcdn, esa before the colon'),
        (Terms(queues=["a b"]), '"a b" is no name of a queue: write at most 120'),
        (Terms(notify="-"), '"-" is no name of a queue: write at most 120'),
        (Terms(domains=["a.example.com"], refresh_config="c.yml"), "name the domains in one of them"),
    ],
)
def test_a_wrong_name_is_an_error(terms: Terms, said: str) -> None:
    with pytest.raises(Failed) as error:
        Box(terms)
    assert said in str(error.value)


def test_the_sites_of_a_configuration_are_in_the_box(tmp_path: Path) -> None:
    file = tmp_path / "config.yml"
    file.write_text("sites: [{bucket: shop, domains: [shop.example.com], path: /s/}]", encoding="utf-8")
    with Box(Terms(refresh_config=file)) as box:
        bucket(box, "shop").put_object("a.txt", "x")
        assert box.visit("https://shop.example.com/s/a.txt").body == b"x"


@pytest.mark.parametrize("terms", [Terms(refresh_config="oss://b/c.yml"), Terms(variables=IN_OSS, template=OURS)])
def test_a_configuration_in_oss_is_not_in_a_new_box(terms: Terms) -> None:
    with pytest.raises(Failed, match=r"is oss://b/c\.yml, which a new box does not have: give --refresh-config FILE"):
        Box(terms)


def test_the_configuration_of_an_earlier_box_is_named_with_its_variable(tmp_path: Path) -> None:
    variables = {"REFRESH_CONFIG": str(tmp_path / "gone.yml")}
    with pytest.raises(Failed, match=r"gone\.yml: No such file or directory: it is REFRESH_CONFIG, perhaps of"):
        Box(Terms(template=OURS, variables=variables))


def test_a_mistake_in_a_configuration_is_named(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text("sites: []", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"config\.yml: sites"):
        Box(Terms(refresh_config=tmp_path / "config.yml"))


def test_the_messages_of_notify_can_be_base64() -> None:
    with Box(Terms(notify="changes", base64=True)) as box:
        bucket(box).put_object("a.txt", "x")
        (message,) = box.queue("changes").messages()
    assert message.body.startswith("eyJldmVudHMi")  # {"events"


def test_our_template_refreshes_the_edge_and_confirms_it() -> None:
    with Box(Terms(template=OURS, domains=["www.example.com"])) as box:
        for body in ("old", "new"):
            bucket(box).put_object("d/index.html", body)
            box.settle()
            box.advance(1)
            assert box.visit(f"{WWW}/d/").body == body.encode()
        assert box.environment["BACKLOG_QUEUE"] == "oss-cdn-refresh-backlog"


def test_our_template_brings_its_own_sites() -> None:
    with Box(Terms(template=OURS)) as box:
        assert box.domains == {"www.example.com": ["my-site"]}
        read = Path(box.environment["REFRESH_CONFIG"]).read_text(encoding="utf-8")
        assert yaml.safe_load(read) == yaml.safe_load((ROOT / "functions" / "config.yml").read_text(encoding="utf-8"))


def test_command_and_function_read_the_same_configuration() -> None:
    with Box(Terms(template=OURS)) as box:
        assert box.environment["REFRESH_CONFIG"] == box.cloud.function.function.environment["REFRESH_CONFIG"]


def test_a_variable_of_our_template_may_be_given() -> None:
    with Box(Terms(template=OURS, variables={"REFRESH_DELIVERY": "batched"})) as box:
        assert box.cloud.function.function.environment["DELIVERY"] == "batched"


def test_a_function_of_another_template_gets_the_changes_of_its_bucket(tmp_path: Path) -> None:
    source = "import json\ndef handler(event, context):\n    return json.loads(event)['events'][0]['eventName']\n"
    with Box(Terms(template=deploy(tmp_path, source, (of_bucket("uploads"),)))) as box:
        bucket(box, "uploads").put_object("a.txt", "x")
        box.settle()
        (invocation,) = box.cloud.invocations
    assert (invocation.answer.payload, box.domains) == ("ObjectCreated:PutObject", {"www.example.com": ["uploads"]})


def test_a_function_of_another_template_gets_the_messages_of_its_queue(tmp_path: Path) -> None:
    source = "import json\ndef handler(event, context):\n    return json.loads(event)[0]['data']['messageBody']\n"
    with Box(Terms(template=deploy(tmp_path, source, (of_queue("work"),)))) as box:
        box.queue("work").send("hello")
        box.settle()
        (invocation,) = box.cloud.invocations
    assert invocation.answer.payload == "hello"


def test_a_trigger_that_is_not_called_here_is_told(tmp_path: Path) -> None:
    timer = {"triggerName": "nightly", "triggerType": "timer", "triggerConfig": {"cronExpression": "@every 5m"}}
    with Box(Terms(template=deploy(tmp_path, triggers=(timer,)))) as box:
        assert ignored(box.cloud.deployment) == ["mine.props.triggers[0]: nightly"]


@pytest.mark.parametrize(
    ("props", "said"),
    [
        ({"runtime": "nodejs20"}, "mine.yml: mine.props.runtime: nodejs20 is not Python"),
        ({"code": "./code.zip"}, "is no folder: name the folder with the code"),
        ({"handler": "index"}, '"index" is not module.function'),
        ({"handler": None}, "mine.props.handler: is missing or no text"),
    ],
)
def test_a_function_that_cannot_run_here_is_an_error(tmp_path: Path, props: dict[str, Any], said: str) -> None:
    with pytest.raises(TemplateError) as error:
        Box(Terms(template=deploy(tmp_path, **props)))
    assert said in str(error.value)


def test_a_template_without_functions_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text("edition: 3.0.0", encoding="utf-8")
    with pytest.raises(TemplateError, match="there is no function"):
        Box(Terms(template=tmp_path / "mine.yml"))
