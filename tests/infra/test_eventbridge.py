"""EventBridge instead of the OSS trigger: the example deploys, and a change reaches the CDN through it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from pages import ROOT
from seeding import Copy

from infra import deployment
from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.demo import clients

EXAMPLE = ROOT / "docs" / "examples" / "eventbridge.yml"
KEYS = '"bucket": {"name": ["${vars.bucket}"]}'
PATTERN = "refresh.props.triggers[0].triggerConfig.eventRuleFilterPattern"


@pytest.fixture
def variant(copy: Copy) -> Copy:
    """The deployment with the example beside template.yml, as the example says."""
    shutil.copy(EXAMPLE, copy.folder / "eventbridge.yml")
    return Copy(copy.folder, "eventbridge.yml")


def cloud_of(folder: Path, old: str = "", new: str = "") -> Cloud:
    """The example on a cloud in a box, with one text replaced."""
    for name in ("functions", "infra", "template.yml"):
        (folder / name).symlink_to(ROOT / name)
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    file = folder / "eventbridge.yml"
    file.write_text(text.replace(old, new) if old else text, encoding="utf-8")
    sites = [{"bucket": name, "domains": ["www.example.com"]} for name in ("my-site", "other")]
    return Cloud({"sites": sites}, file=file)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with cloud_of(tmp_path_factory.mktemp("eventbridge")) as cloud:
        yield cloud


@pytest.fixture
def bucket(cloud: Cloud) -> Iterator[Any]:
    with clients.bucket(cloud, "my-site") as bucket:
        yield bucket


def test_the_example_has_no_fault(variant: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    assert (variant.check(), capsys.readouterr().out.partition(";")[0]) == (
        0,
        "eventbridge.yml: ok, sites, triggers, rights agree",
    )


def test_the_example_differs_from_the_template_in_one_trigger() -> None:
    example = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    assert list(example) == ["edition", "extend", "resources"]
    assert {name: list(resource["props"]) for name, resource in example["resources"].items()} == {
        "refresh": ["triggers"]
    }


def test_a_change_that_eventbridge_brings_reaches_the_visitors(cloud: Cloud, bucket: Any) -> None:
    served = []
    for body in ("old", "new"):
        bucket.put_object("index.html", body)
        cloud.settle()
        served.append(cloud.visit("https://www.example.com/").body.decode())
    event = cloud.function.invocations[-1].event
    assert (served, b'"specversion": "1.0"' in event, len(cloud.function.invocations)) == (["old", "new"], True, 2)


def test_a_bucket_that_the_pattern_does_not_name_brings_no_change(cloud: Cloud) -> None:
    before = len(cloud.function.invocations)
    with clients.bucket(cloud, "other") as other:
        other.put_object("a.jpg", "new")
    cloud.settle()
    assert len(cloud.function.invocations) == before


def test_objects_that_are_deleted_together_fire_no_event_of_eventbridge(cloud: Cloud, bucket: Any) -> None:
    """Its list of events has only DeleteObject: for the other one the example is ready, should it come."""
    bucket.put_object("gone.jpg", "here")
    cloud.settle()
    before = len(cloud.function.invocations)
    bucket.batch_delete_objects(["gone.jpg"])
    cloud.settle()
    assert len(cloud.function.invocations) == before


def test_a_prefix_and_a_suffix_in_the_pattern_choose_the_objects(tmp_path: Path) -> None:
    keys = KEYS + ', "object": {"key": [{"prefix": "www/"}, {"suffix": ".html"}]}'
    with cloud_of(tmp_path, KEYS, keys) as cloud, clients.bucket(cloud, "my-site") as bucket:
        for key in ("www/a.jpg", "a.html", "a.jpg"):
            bucket.put_object(key, "new")
        cloud.settle()
        keys_of_events = {json.loads(each.event)["data"]["oss"]["object"]["key"] for each in cloud.function.invocations}
    assert keys_of_events == {"www/a.jpg", "a.html"}


FAULTS = {
    "no bucket": (KEYS, '"bucket": {"name": []}', f"{PATTERN}.data.oss.bucket.name: is missing or no list of texts: "),
    "text that is no JSON": ('{"source"', '"source"', f"{PATTERN}: is no JSON object: "),
    "another key": ('"type": [', '"subject": [], "type": [', f"{PATTERN}.subject: is not understood: "),
    "a prefix and a suffix in one": (
        KEYS,
        KEYS + ', "object": {"key": [{"prefix": "a/", "suffix": ".jpg"}]}',
        f"{PATTERN}.data.oss.object.key[0]: has not exactly one of prefix and suffix: write one entry for each",
    ),
    "a missing event": (
        '"oss:ObjectRemoved:DeleteObject", ',
        "",
        f"{PATTERN}.type: oss:ObjectRemoved:DeleteObject is missing, its changes would go unseen: add it",
    ),
    "another bucket": (
        "${vars.bucket}",
        "my-images",
        f'{PATTERN}: "my-images" is the bucket of no site of config.yml: ',
    ),
    "the bucket of no site": ("${vars.bucket}", "my-images", 'sites[0].bucket: no trigger watches "my-site": '),
    "a prefix that hides keys": (
        KEYS,
        KEYS + ', "object": {"key": [{"prefix": "img/"}]}',
        'sites[0]: the filter of object-events hides keys under "" that match "*": widen its prefix or suffix',
    ),
    "a synchronous call": (
        "asyncInvocationType: true",
        "asyncInvocationType: false",
        "refresh.props.triggers[0].triggerConfig.asyncInvocationType: is false: while all instances are busy, ",
    ),
    "a trigger that is off": (
        "triggerEnable: true",
        "triggerEnable: false",
        "refresh.props.triggers[0].triggerConfig.triggerEnable: is false (no change comes): write true",
    ),
}


@pytest.mark.parametrize(("old", "new", "complaint"), FAULTS.values(), ids=FAULTS)
def test_a_fault_of_the_trigger_is_found(
    variant: Copy, capsys: pytest.CaptureFixture[str], old: str, new: str, complaint: str
) -> None:
    variant.replace("eventbridge.yml", old, new)
    assert (variant.check(), complaint in capsys.readouterr().err) == (1, True)


def test_both_triggers_for_one_bucket_are_reported(variant: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    native = yaml.safe_load(variant.folder.joinpath("template.yml").read_text(encoding="utf-8"))["resources"][
        "refresh"
    ]["props"]["triggers"][0]
    document = yaml.safe_load(variant.template.read_text(encoding="utf-8"))
    document["resources"]["refresh"]["props"]["triggers"].insert(0, native)
    variant.template.write_text(yaml.safe_dump(document), encoding="utf-8")
    assert variant.check() == 1
    assert "refresh.props.triggers[0]: object-events brings the changes of my-site too: each is refreshed twice" in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize("source", ['["acs.ecs"]', "null", "1"])
def test_a_rule_for_the_events_of_another_source_is_none_of_the_project_s(variant: Copy, source: str) -> None:
    variant.replace("eventbridge.yml", '["acs.oss"]', source)
    assert variant.check() == 0


def test_an_oss_trigger_of_another_bucket_may_stand_beside_it(variant: Copy) -> None:
    template = yaml.safe_load((variant.folder / "template.yml").read_text(encoding="utf-8"))
    native = template["resources"]["refresh"]["props"]["triggers"][0]
    native["sourceArn"] = native["sourceArn"].replace("${vars.bucket}", "my-images")
    document = yaml.safe_load(variant.template.read_text(encoding="utf-8"))
    document["resources"]["refresh"]["props"]["triggers"].insert(0, native)
    variant.template.write_text(yaml.safe_dump(document), encoding="utf-8")
    (variant.folder / "functions" / "config.yml").write_text(
        "sites: [{bucket: my-site, domains: [www.example.com]}, {bucket: my-images, domains: [www.example.com]}]",
        encoding="utf-8",
    )
    assert variant.check() == 0


def test_a_function_with_such_a_trigger_does_not_work_on_the_backlog_alone(variant: Copy) -> None:
    template = yaml.safe_load((variant.folder / "template.yml").read_text(encoding="utf-8"))
    document = yaml.safe_load(variant.template.read_text(encoding="utf-8"))
    backlog = template["resources"]["drain"]["props"]["triggers"]
    document["resources"]["refresh"]["props"]["triggers"] += backlog
    document["resources"]["drain"] = {"props": {"triggers": []}}
    variant.template.write_text(yaml.safe_dump(document), encoding="utf-8")
    deployed = deployment.read(variant.template, {}).deployment
    assert (deployed.drains(deployed.function), variant.check()) == (False, 1)


def test_a_trigger_that_is_off_brings_nothing(tmp_path: Path) -> None:
    with cloud_of(tmp_path, old="triggerEnable: true", new="triggerEnable: false") as cloud:
        with clients.bucket(cloud, "my-site") as bucket:
            bucket.put_object("a.jpg", "new")
        cloud.settle()
        assert cloud.function.invocations == []


def test_the_cloud_in_a_box_says_that_it_does_not_support_a_synchronous_call(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not support synchronous calls"):
        cloud_of(tmp_path, old="asyncInvocationType: true", new="asyncInvocationType: false")


def test_the_data_alone_reaches_the_function_as_well(tmp_path: Path) -> None:
    with cloud_of(tmp_path, old="eventSchema: CloudEvents", new="eventSchema: RawData") as cloud:
        with clients.bucket(cloud, "my-site") as bucket:
            bucket.put_object("a.jpg", "new")
        cloud.settle()
        (invocation,) = cloud.function.invocations
        assert (b"specversion" in invocation.event, len(cloud.cdn.accepted)) == (False, 1)
