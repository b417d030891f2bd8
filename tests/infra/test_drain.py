"""`make check-template` looks at both functions: `refresh`, which OSS calls, and `drain`, which reads the backlog."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from drain import BATCHED, deployment
from seeding import ROOT, Copy

from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.demo import clients

Change = Callable[[dict[str, Any]], object]
WHAT_DIFFERS = {"functionName", "description", "concurrencyConfig", "triggers"}


def resources() -> dict[str, Any]:
    """The resources of the template as YAML reads them, merged keys included."""
    read: dict[str, Any] = yaml.safe_load((ROOT / "template.yml").read_text(encoding="utf-8"))["resources"]
    return read


def with_variable(name: str, value: str | None) -> Change:
    """Give drain another value of a variable, or remove the variable."""

    def change(read: dict[str, Any]) -> None:
        props = read["drain"]["props"]
        variables = {**props["environmentVariables"], name: value}
        props["environmentVariables"] = {key: text for key, text in variables.items() if text is not None}

    return change


def rewritten(copy: Copy, change: Change) -> None:
    """Apply `change` to the resources of a copy."""
    document = yaml.safe_load(copy.template.read_text(encoding="utf-8"))
    change(document["resources"])
    copy.template.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")


def test_drain_differs_from_refresh_in_name_instances_and_trigger_only() -> None:
    refresh, drain = (resources()[name]["props"] for name in ("refresh", "drain"))
    assert {key for key in refresh | drain if refresh.get(key) != drain.get(key)} == WHAT_DIFFERS


def test_the_backlogs_trigger_calls_drain_and_the_buckets_calls_refresh() -> None:
    triggers = {
        name: [trigger["triggerType"] for trigger in resource["props"]["triggers"]]
        for name, resource in resources().items()
        if resource["component"] == "fc3"
    }
    assert triggers == {"refresh": ["oss"], "drain": ["eventbridge"]}


def test_drain_has_one_instance() -> None:
    assert resources()["drain"]["props"]["concurrencyConfig"] == {"reservedConcurrency": 1}


def test_a_drain_with_more_instances_is_a_fault(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    copy.replace("template.yml", "reservedConcurrency: 1\n", "reservedConcurrency: 2\n")
    assert copy.check({"REFRESH_DELIVERY": "batched"}) == 1
    assert (
        "template.yml: drain.props.concurrencyConfig.reservedConcurrency: is 2: where the stream ignores maximumTasks, "
        "parallel batches spend the same quota twice: write reservedConcurrency: 1\n"
    ) in capsys.readouterr().err


def test_a_drain_without_a_cap_is_a_fault(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    rewritten(copy, lambda read: read["drain"]["props"].pop("concurrencyConfig"))
    assert copy.check() == 1
    assert "drain.props.concurrencyConfig.reservedConcurrency: is missing: where the stream" in capsys.readouterr().err


def test_a_queue_trigger_of_refresh_is_to_be_moved(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    def move(read: dict[str, Any]) -> None:
        read["refresh"]["props"]["triggers"] += read.pop("drain")["props"]["triggers"]

    rewritten(copy, move)
    assert copy.check() == 1
    assert (
        "refresh.props.concurrencyConfig.reservedConcurrency: is 3: where the stream ignores maximumTasks, parallel "
        "batches spend the same quota twice: move the queue trigger to the function drain\n"
    ) in capsys.readouterr().err


def test_a_second_reader_of_the_backlog_is_a_fault(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    def double(read: dict[str, Any]) -> None:
        read["refresh"]["props"]["triggers"] += read["drain"]["props"]["triggers"]

    rewritten(copy, double)
    assert copy.check() == 1
    assert "drain.props.triggers[0]: backlog is a second reader of the backlog" in capsys.readouterr().err


def test_without_drain_no_function_reads_the_backlog(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    rewritten(copy, lambda read: read.pop("drain"))
    assert copy.check() == 1
    assert 'template.yml: drain.props.triggers: no trigger reads the backlog "oss-cdn-refresh-backlog"' in (
        capsys.readouterr().err
    )


@pytest.mark.parametrize(
    ("name", "value", "finding"),
    [
        ("BACKLOG_QUEUE", "other", 'BACKLOG_QUEUE: "other" is not what refresh has: write oss-cdn-refresh-backlog'),
        ("REFRESH_CONFIG", "other.yml", 'REFRESH_CONFIG: "other.yml" is not what refresh has: write config.yml'),
        ("DELIVERY", "batched", 'DELIVERY: "batched" is not what refresh has: write direct'),
        ("CDN_ENDPOINT", "https://cdn", 'CDN_ENDPOINT: "https://cdn" is not what refresh has: give it to both, or'),
        (
            "DEAD_LETTER_QUEUE",
            None,
            "DEAD_LETTER_QUEUE: is missing, refresh has it: write oss-cdn-refresh-dead-letters",
        ),
    ],
)
def test_an_environment_of_drain_that_differs_is_a_fault(
    copy: Copy, capsys: pytest.CaptureFixture[str], name: str, value: str | None, finding: str
) -> None:
    rewritten(copy, with_variable(name, value))
    assert copy.check() == 1
    assert f"template.yml: drain.props.environmentVariables.{finding}" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "value"), [("CALLS_PER_SECOND", "8"), ("LOG_LEVEL", "DEBUG")])
def test_the_rate_and_the_log_level_of_drain_may_differ(copy: Copy, name: str, value: str) -> None:
    rewritten(copy, with_variable(name, value))
    assert copy.check() == 0


@pytest.mark.parametrize(
    ("key", "value", "finding"),
    [
        (
            "role",
            "acs:ram::1:role/other",
            'drain.props.role: "acs:ram::1:role/other" is not the role that ros.yml makes',
        ),
        ("timeout", 400, "drain.props.timeout: is 400 s"),
        ("runtime", "python3.12", 'drain.props.runtime: "python3.12" is not what refresh has'),
        ("layers", [], 'drain.props.layers: "" is not what refresh has'),
        (
            "handler",
            "index.handler",
            'drain.props.handler: "index.handler" is nothing that the code has: write refresh.handler',
        ),
        ("code", "./infra", 'drain.props.code: "infra" is not what refresh has'),
        ("logConfig", "auto", "drain.props.logConfig: is not the log that monitoring.yml makes"),
    ],
)
def test_another_fault_of_drain_is_found_too(
    copy: Copy, capsys: pytest.CaptureFixture[str], key: str, value: Any, finding: str
) -> None:
    rewritten(copy, lambda read: read["drain"]["props"].update({key: value}))
    assert (copy.check(), finding in capsys.readouterr().err) == (1, True)


def test_with_direct_delivery_both_functions_count_for_the_limits(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    assert copy.check() == 0
    assert "calls a second 3 * 10 + 1 * 10 = 40 <= 50" in capsys.readouterr().out


def test_with_batched_delivery_drain_alone_counts(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    copy.replace("template.yml", "reservedConcurrency: 3", "reservedConcurrency: 100")
    assert copy.check({"REFRESH_DELIVERY": "batched"}) == 0
    assert "calls a second 1 * 10 = 10 <= 50" in capsys.readouterr().out


def test_each_function_counts_with_its_own_rate(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    rewritten(copy, with_variable("CALLS_PER_SECOND", "30"))
    assert copy.check() == 1
    assert "calls a second 3 * 10 + 1 * 30 = 60 > 50" in capsys.readouterr().err


def test_without_an_oss_trigger_notifications_have_to_bring_the_changes(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    rewritten(copy, lambda read: read["refresh"]["props"].update(triggers=[]))
    assert copy.check() == 0
    assert "no OSS trigger: event notifications of OSS have to bring the changes" in capsys.readouterr().out


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    """A cloud in which changes are batched."""
    site = {"bucket": "my-site", "domains": ["www.example.com"]}
    with Cloud({"sites": [site]}, file=deployment(tmp_path), variables=BATCHED) as cloud:
        yield cloud


def test_refresh_takes_the_changes_and_drain_refreshes_them(cloud: Cloud) -> None:
    with clients.bucket(cloud, "my-site") as bucket:
        for number in range(30):
            bucket.put_object(f"{number}.jpg", "new")
        cloud.settle()
    assert cloud.cdn.accepted == {("File", f"https://www.example.com/{number}.jpg") for number in range(30)}
    assert [len(call.urls) for call in cloud.cdn.calls] == [30]
    assert (len(cloud.function.invocations), len(cloud.drain.invocations)) == (30, 1)
    (left,) = cloud.backlog.messages()
    confirmation = json.loads(left.body)
    assert (confirmation["kind"], len(confirmation["urls"])) == ("oss-cdn-refresh/confirmation", 30)


def test_the_role_may_confirm_and_preload_what_it_has_refreshed(tmp_path: Path) -> None:
    site = {"bucket": "my-site", "domains": ["www.example.com"], "preload": ["*.html"]}
    with Cloud({"sites": [site]}, file=deployment(tmp_path), variables=BATCHED) as cloud:
        with clients.bucket(cloud, "my-site") as bucket:
            bucket.put_object("a.html", "new")
        cloud.settle()
        for _ in range(4):
            cloud.clock.advance(400)
            cloud.settle()
        preloaded = [where for call in cloud.cdn.calls if call.action == "PushObjectCache" for where in call.urls]
        assert preloaded == ["https://www.example.com/a.html"]
        assert (cloud.backlog.messages(), cloud.dead_letters.messages()) == ([], [])
