"""`doctor` with obstacles: it reports the facts that it cannot read, and blames nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from command import run, start
from healthy import CONFIG, Healthy, a_healthy_account

from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh_box.account.ram import allowed
from oss_cdn_refresh_box.wire.serving import Response, Server, Silence
from oss_cdn_refresh_cli.doctor.checks import CHECKS
from oss_cdn_refresh_cli.shared.errors import Failed

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)
ENDPOINTS = ("CDN_ENDPOINT", "FUNCTION_COMPUTE_ENDPOINT", "OSS_ENDPOINT", "SMQ_ENDPOINT")
PAGES = [
    Response(502, b"<html><body><h1>Bad Gateway</h1></body></html>", {"Content-Type": "text/html"}),
    Response(200, b"<html><body>Welcome to the hotel's network</body></html>", {"Content-Type": "text/html"}),
    Response(200, b"{}", {"Content-Type": "application/json"}),
    Response(200, b"[]", {"Content-Type": "application/json"}),
    Response(302, b"", {"Location": "http://127.0.0.1:9/"}),
]
PAGE_NAMES = ["502", "a page", "an empty object", "a list", "a redirect"]


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Healthy]:
    with a_healthy_account(tmp_path) as healthy:
        yield healthy


def failing(account: Healthy, *words: str) -> set[str]:
    found = account.findings(*words)
    return {check for check, findings in found.items() if any(each["status"] == "failure" for each in findings)}


def unchecked(account: Healthy, *words: str) -> set[str]:
    found = account.findings(*words)
    return {
        check
        for check, findings in found.items()
        if any(each["detail"].startswith("not checked: ") and each["status"] == "warning" for each in findings)
    }


def nobody() -> Credentials:
    raise Failed("no credentials: none in the environment: set them")


def test_without_credentials_only_the_check_of_credentials_fails(account: Healthy) -> None:
    result = run("doctor", "--json", environ=account.environ, clock=account.machine, credentials=nobody)
    found = {each["check"]: each for each in json.loads(result.stdout)}
    assert result.exit_code == 1
    assert [check for check in CHECKS if found[check]["status"] == "failure"] == ["credentials"]
    assert [check for check in CHECKS if found[check]["status"] == "ok"] == ["config", "globs"]
    assert "aliyun configure" in found["credentials"]["remedy"]


def test_with_a_wrong_clock_other_checks_cannot_look(account: Healthy) -> None:
    account.cloud.clock.advance(3_600)
    assert {"domain", "cache_key", "function", "layer", "quota"} <= unchecked(account)


def test_without_the_right_to_read_a_part_is_reported_as_not_checked(account: Healthy) -> None:
    account.cloud.cdn.denied.add("DescribeCdnDomainConfigs")
    account.cloud.oss.denied.add("cname")
    account.cloud.api.denied |= {"ListFunctions", "GetLayerVersionByArn"}
    assert (unchecked(account), failing(account)) == ({"cache_key", "competitor", "layer"}, set())
    assert [each["remedy"] for each in account.findings()["rights"]] == [
        "grant fc:ListFunctions to the RAM user or role of these credentials",
        "grant cdn:DescribeCdnDomainConfigs to the RAM user or role of these credentials",
        "grant oss:ListCname to the RAM user or role of these credentials",
        "grant fc:GetLayerVersion to the RAM user or role of these credentials",
    ]


@pytest.mark.parametrize("page", PAGES, ids=PAGE_NAMES)
@pytest.mark.parametrize("variable", ENDPOINTS)
def test_an_answer_of_another_service_is_reported_by_endpoint(account: Healthy, variable: str, page: Response) -> None:
    with Server(lambda _request: page) as server:
        account.environ[variable] = server.url
        found = account.findings("--timeout", "2")
    failures = [each for findings in found.values() for each in findings if each["status"] == "failure"]
    assert [each["check"] for each in failures] == ["endpoint"]
    assert (server.url in failures[0]["detail"], variable in failures[0]["remedy"]) == (True, True)


@pytest.mark.parametrize("variable", ENDPOINTS)
def test_a_service_that_never_answers_is_asked_once(account: Healthy, variable: str) -> None:
    with Server(lambda _request: Silence()) as server:
        account.environ[variable] = server.url
        assert failing(account, "--timeout", "0.2") == {"endpoint"}
        assert server.connections == 1


@pytest.mark.parametrize("seconds", ["nan", "inf", "1e12", "0.0001"])
def test_an_invalid_timeout_blames_no_service(account: Healthy, seconds: str) -> None:
    result = account.call("--timeout", seconds)
    assert (result.exit_code, "--timeout" in result.stderr) == (2, True)


def test_ram_and_sts_are_not_needed(account: Healthy) -> None:
    account.environ |= {"RAM_ENDPOINT": "http://127.0.0.1:9", "STS_ENDPOINT": "http://127.0.0.1:9"}
    assert (failing(account), unchecked(account)) == (set(), {"rights", "oss_trigger"})
    assert "taken by CDN" in account.findings()["credentials"][0]["detail"]


def test_settings_that_are_missing_are_named(account: Healthy) -> None:
    for name in ("ALIBABA_CLOUD_REGION_ID", "FUNCTION_COMPUTE_ENDPOINT", "SMQ_ENDPOINT", "OSS_ENDPOINT"):
        del account.environ[name]
    (finding,) = account.findings()["config"]
    assert (finding["status"], finding["remedy"]) == ("failure", "set ALIBABA_CLOUD_REGION_ID")
    assert failing(account) == {"config"}


def test_an_invalid_queue_name_in_the_settings_is_reported(account: Healthy) -> None:
    account.environ["BACKLOG_QUEUE"] = "my backlog!"
    result = account.call()
    assert (result.exit_code, 'BACKLOG_QUEUE: "my backlog!" is no name of a queue' in result.stderr) == (2, True)


def test_an_invalid_queue_name_of_the_deployed_function_is_reported(account: Healthy) -> None:
    del account.environ["BACKLOG_QUEUE"]
    account.function.function["environmentVariables"]["BACKLOG_QUEUE"] = "my backlog!"
    (finding,) = account.findings()["config"]
    assert (finding["status"], "hyphens" in finding["remedy"]) == ("failure", True)


def test_an_invalid_bucket_name_is_a_failure_of_the_configuration(account: Healthy) -> None:
    account.configure({"sites": [{"bucket": "My Site", "domains": ["www.example.com"]}]})
    (finding,) = account.findings()["config"]
    assert (finding["status"], '"My Site" is no name of a bucket' in finding["detail"]) == ("failure", True)


def test_settings_that_are_missing_come_from_the_deployed_function(account: Healthy) -> None:
    for name in ("ALIBABA_CLOUD_REGION_ID", "ALIBABA_CLOUD_ACCOUNT_ID", "BACKLOG_QUEUE", "DEAD_LETTER_QUEUE"):
        del account.environ[name]
    assert (failing(account), unchecked(account)) == (set(), set())


def test_queues_of_the_settings_are_checked_without_the_function(account: Healthy) -> None:
    account.cloud.api.functions.clear()
    assert not any("nothing names" in each["detail"] for each in account.findings()["queues"])


def test_the_remedy_for_a_missing_function_is_not_to_wait(account: Healthy) -> None:
    account.cloud.api.functions.clear()
    del account.environ["BACKLOG_QUEUE"]
    found = account.findings()
    remedies = {each["remedy"] for findings in found.values() for each in findings if each["status"] == "warning"}
    assert remedies == {"fix the finding of the check function first", "set BACKLOG_QUEUE"}


def test_every_domain_is_checked(account: Healthy) -> None:
    del account.cloud.cdn.domains["img.example.com"]
    del account.cloud.cdn.domains["static.example.com"]
    details = [each["detail"].split()[0] for each in account.findings()["domain"]]
    assert details == ["img.example.com", "static.example.com"]


def test_a_configuration_in_oss_is_read_there(account: Healthy) -> None:
    where = "oss://my-site/config.yml"
    account.environ["REFRESH_CONFIG"] = where
    for function in account.functions:
        function.function["environmentVariables"]["REFRESH_CONFIG"] = where
    assert failing(account) == {"config", "rights"}  # it is not there, and the role may not read it
    with account.bucket("my-site") as bucket:
        bucket.put_object("config.yml", yaml.safe_dump(CONFIG))
    policy = account.cloud.ram.roles["oss-cdn-refresh-cn-hangzhou"].policies[0]
    policy.statements.append(allowed(["oss:GetObject"], ["acs:oss:*:1234567890123456:my-site/config.yml"]))
    assert (failing(account), unchecked(account)) == (set(), set())


def test_the_role_needs_the_right_to_an_inventory_in_oss(account: Healthy) -> None:
    inventory = {"collapse": {"inventory": "oss://my-site/inventory.json"}}
    Path(account.environ["REFRESH_CONFIG"]).write_text(yaml.safe_dump({**CONFIG, **inventory}))
    assert failing(account) == {"rights"}
    policy = account.cloud.ram.roles["oss-cdn-refresh-cn-hangzhou"].policies[0]
    policy.statements.append(allowed(["oss:GetObject"], ["acs:oss:*:1234567890123456:my-site/inventory.json"]))
    assert failing(account) == set()


def test_the_check_of_queue_triggers_names_the_trigger_of_drain(account: Healthy) -> None:
    (finding,) = account.findings()["queue_trigger"]
    assert finding["detail"] == "backlog of oss-cdn-refresh-drain on oss-cdn-refresh-backlog"


def test_both_functions_are_reported(account: Healthy) -> None:
    details = [each["detail"] for each in account.findings()["function"]]
    assert details == ["oss-cdn-refresh: python3.10, 120 s", "oss-cdn-refresh-drain: python3.10, 120 s"]


def test_a_drain_of_another_name_is_recognised_by_its_handler_and_its_queue(account: Healthy) -> None:
    drain = account.cloud.api.functions.pop("oss-cdn-refresh-drain")
    drain.function["functionName"] = "batches"
    account.cloud.api.functions["batches"] = drain
    assert (failing(account), unchecked(account)) == (set(), set())


def test_a_drain_is_checked_without_the_right_to_list_functions(account: Healthy) -> None:
    account.cloud.api.denied.add("ListFunctions")
    account.drain.concurrency = 2
    found = account.findings()
    assert [each["status"] for each in found["function"]] == ["warning"]
    assert found["queue_trigger"][0]["status"] == "ok"


def test_a_drain_that_may_not_be_read_is_not_checked(account: Healthy) -> None:
    account.cloud.api.denied.add("GetConcurrencyConfig")
    details = [each["detail"] for each in account.findings()["function"]]
    assert [detail.partition(": ")[0] for detail in details] == ["not checked"] * 2
    assert any("oss-cdn-refresh-drain" in detail for detail in details)


def test_a_missing_drain_is_reported_once(account: Healthy) -> None:
    del account.cloud.api.functions["oss-cdn-refresh-drain"]
    assert failing(account) == {"function"}
    assert account.findings()["queue_trigger"][0]["detail"].startswith("not checked: ")


def test_an_oss_trigger_of_drain_is_checked_too(account: Healthy) -> None:
    trigger = account.function.triggers.pop()
    account.drain.triggers.append({**trigger, "invocationRole": "acs:ram::1234567890123456:role/another"})
    (finding,) = account.findings()["oss_trigger"]
    assert (finding["status"], "role/another, does not exist" in finding["detail"]) == ("failure", True)


def test_doctor_says_to_delete_the_trigger_of_a_former_deployment(account: Healthy) -> None:
    """A trigger that the template no longer names stays online."""
    account.function.triggers.append(account.drain.trigger("backlog"))
    (finding,) = account.findings()["queue_trigger"]
    assert (finding["status"], "side by side" in finding["detail"]) == ("warning", True)
    assert "delete backlog of oss-cdn-refresh (s refresh remove --trigger" in finding["remedy"]


def test_another_deployment_of_ours_on_the_bucket_is_a_competitor(account: Healthy) -> None:
    twin = account.twin("second")
    twin.triggers = [account.function.trigger("objects-changed")]
    (finding,) = account.findings()["competitor"]
    assert (finding["status"], "second" in finding["detail"]) == ("warning", True)


def test_a_second_trigger_on_the_backlog_is_reported(account: Healthy) -> None:
    twin = account.twin("second")
    twin.triggers = [account.drain.trigger("backlog")]
    (finding,) = account.findings()["queue_trigger"]
    assert (finding["status"], "side by side" in finding["detail"]) == ("warning", True)


def test_a_site_that_no_trigger_watches_is_named(account: Healthy) -> None:
    account.configure({"sites": [*CONFIG["sites"], {"bucket": "other", "domains": ["www.example.com"]}]})
    account.cloud.oss._buckets["other"] = account.cloud.oss._buckets["my-site"]  # noqa: SLF001 - no API makes one here
    (finding,) = account.findings()["oss_trigger"]
    assert (finding["status"], finding["detail"]) == ("failure", 'sites[2].bucket: no trigger watches "other"')


def test_variants_that_the_domain_ignores_are_reported(account: Healthy) -> None:
    from oss_cdn_refresh_box.cdn.describing import Described, Function  # noqa: PLC0415

    ignoring = Described(functions=(Function("set_hashkey_args", {"disable": "on", "hashkey_args": ""}),))
    account.cloud.cdn.described["img.example.com"] = ignoring
    (finding,) = account.findings()["cache_key"]
    assert (finding["status"], "?x-oss-process=style/thumb" in finding["detail"]) == ("warning", True)


def test_control_characters_and_markup_in_names_have_no_effect(account: Healthy) -> None:
    nasty = "\x1b[31mred\x1b]0;title\x07[bold]x[/bold]<script>"
    account.configure(json.dumps({"sites": [{"bucket": nasty, "domains": ["www.example.com"]}]}))
    account.function.trigger("objects-changed")["triggerName"] = nasty
    account.function.function["handler"] = nasty
    account.function.function["layers"] = [{"arn": nasty, "size": 1}]
    result = account.call("--function-name", "oss-cdn-refresh")
    assert (result.exit_code, "\x1b" in result.stdout, "\x07" in result.stdout) == (1, False, False)
    assert "\\x1b[31mred" in result.stdout
    assert "[bold]x[/bold]<script>" in result.stdout


def test_answers_of_another_shape_cause_no_crash(account: Healthy) -> None:
    account.drain.trigger("backlog")["triggerConfig"] = ["unknown"]
    account.function.trigger("objects-changed")["triggerConfig"] = None
    account.function.asynchronous = {"functionArn": "x"}
    account.function.function |= {"environmentVariables": None, "timeout": None, "layers": None, "logConfig": None}
    assert {"oss_trigger", "failure_destination", "function", "layer"} <= failing(account)


@pytest.mark.parametrize(("packages", "status"), [("certifi", "ok"), ("nothing", "failure")])
def test_no_layer_is_needed_where_the_code_folder_holds_the_packages(
    account: Healthy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, packages: str, status: str
) -> None:
    """As in the folder that `s init` makes of the application package."""
    (tmp_path / "template.yml").write_text(
        "resources:\n  refresh:\n    props:\n      code: ./functions\n", encoding="utf-8"
    )
    (tmp_path / "functions" / packages).mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    for function in account.functions:
        function.function["layers"] = None
    assert {each["status"] for each in account.findings()["layer"]} == {status}


def test_an_environment_of_another_shape_causes_no_crash(account: Healthy) -> None:
    account.function.function["environmentVariables"] = ["unknown"]
    assert failing(account) == {"function"}


def test_secrets_are_shown_nowhere(account: Healthy) -> None:
    account.credentials = Credentials("AK", "TOPSECRET", "TOPTOKEN")
    output = account.call().output + account.call("--json").output
    assert ("TOPSECRET" in output, "TOPTOKEN" in output) == (False, False)


def test_people_get_an_aligned_line_a_check_and_the_remedy_below(account: Healthy) -> None:
    account.cloud.cdn.described["www.example.com"] = account.cloud.cdn.described["www.example.com"]._replace(
        status="offline"
    )
    lines = [line.rstrip() for line in account.call().stdout.splitlines()]
    at = next(number for number, line in enumerate(lines) if line.startswith("failure"))
    assert lines[at : at + 2] == [
        "failure  domain               www.example.com is offline",
        "                              → enable it in the CDN console",
    ]
    assert lines[0].startswith("OK       config               2 sites")
    assert lines[-1] == "18 checks: 1 failure, 0 warnings."


def test_a_process_of_its_own_takes_the_official_chain_of_credentials(account: Healthy) -> None:
    with start("doctor", "--json", environ=account.environ) as process:
        output, errors = process.communicate()
    assert (process.returncode, errors) == (0, "")
    assert {each["status"] for each in json.loads(output)} == {"ok"}


def test_nothing_is_changed(account: Healthy) -> None:
    before: Any = (account.function.function.copy(), account.cloud.smq.queue("oss-cdn-refresh-backlog").attributes)
    account.call()
    after = (account.function.function, account.cloud.smq.queue("oss-cdn-refresh-backlog").attributes)
    assert (after, account.cloud.cdn.accepted, account.cloud.api.calls) == (before, set(), [])
    assert {call.action for call in account.cloud.smq.calls} == {"GetQueueAttributes"}


@pytest.mark.parametrize("key", ["SignatureDoesNotMatch", "InvalidAccessKeySecret", "IncompleteSignature.X"])
def test_refused_credentials_are_reported_without_the_text_of_the_service(account: Healthy, key: str) -> None:
    """The services' texts contain the whole signed string; the code alone is enough."""
    wall = {"Code": key, "Message": "The signature does not match. Canonical request: 'POST\n/\n" + "x" * 3_000}
    page = Response(403, json.dumps(wall).encode(), {"Content-Type": "application/json"})
    with Server(lambda _request: page) as server:
        account.environ["CDN_ENDPOINT"] = server.url
        found = account.findings()
    details = [each["detail"] for findings in found.values() for each in findings]
    assert found["credentials"][0]["detail"] == f"CDN: {key}: the secret does not belong to the access key"
    assert not [detail for detail in details if "Canonical" in detail]
