"""Settings that nobody gives are found in the clone: in the template and its .env, in the account, or as a default."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from cloned import Clone
from command import OWNER

from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh_box.account.ram import Ram
from oss_cdn_refresh_box.cloud import ACCOUNT
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_cli.deployment import application
from oss_cdn_refresh_cli.operation.account import Caller
from oss_cdn_refresh_cli.operation.settings import settings
from oss_cdn_refresh_cli.shared.errors import NotSet

ACCOUNT_IS_KNOWN = {"ALIBABA_CLOUD_ACCOUNT_ID": "123"}  # so that nobody is asked for it


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clone:
    clone = Clone(tmp_path / "clone")
    monkeypatch.chdir(clone.folder)
    return clone


@pytest.fixture
def sts(clone: Clone) -> Iterator[Ram]:
    """STS, which `.env` names."""
    with Ram(clone.clock, {}, account=ACCOUNT, keys={OWNER.access_key_id: OWNER.access_key_secret}) as ram:
        clone.dotenv({"STS_ENDPOINT": ram.url})
        yield ram


# Which source wins


NAMES = {  # the name in `settings`, of the variable, of the template's variable in .env
    "backlog_queue": ("BACKLOG_QUEUE", "REFRESH_BACKLOG_QUEUE"),
    "dead_letter_queue": ("DEAD_LETTER_QUEUE", "REFRESH_DEAD_LETTER_QUEUE"),
    "alibaba_cloud_region_id": ("ALIBABA_CLOUD_REGION_ID", "REFRESH_REGION"),
    "delivery": ("DELIVERY", "REFRESH_DELIVERY"),
    "log_level": ("LOG_LEVEL", "REFRESH_LOG_LEVEL"),
}
VALUES = {  # four values that each setting takes
    "backlog_queue": ("a", "b", "c", "d"),
    "dead_letter_queue": ("a", "b", "c", "d"),
    "alibaba_cloud_region_id": ("cn-beijing", "cn-shanghai", "cn-shenzhen", "cn-chengdu"),
    "delivery": ("batched", "direct", "batched", "direct"),
    "log_level": ("DEBUG", "WARNING", "ERROR", "INFO"),
}
IN_TEMPLATE = {
    "backlog_queue": "oss-cdn-refresh-backlog",
    "dead_letter_queue": "oss-cdn-refresh-dead-letters",
    "alibaba_cloud_region_id": "cn-hangzhou",
    "delivery": "direct",
    "log_level": "INFO",
}


@pytest.mark.parametrize("name", NAMES)
def test_an_option_wins_over_all_other_sources(clone: Clone, name: str) -> None:
    own, of_template = NAMES[name]
    option, exported, in_file, _ = VALUES[name]
    clone.dotenv({own: in_file, of_template: in_file})
    words = (f"--{own.lower().replace('_', '-')}", option)
    shown = clone.settings(*words, environ={**ACCOUNT_IS_KNOWN, own: exported, of_template: exported})
    assert shown[name] == {"value": option, "from": "option"}


@pytest.mark.parametrize("which", [0, 1], ids=["own name", "name in the template"])
@pytest.mark.parametrize("name", NAMES)
def test_the_environment_wins_over_dotenv(clone: Clone, name: str, which: int) -> None:
    _, exported, in_file, _ = VALUES[name]
    clone.dotenv(dict.fromkeys(NAMES[name], in_file))
    shown = clone.settings(environ={**ACCOUNT_IS_KNOWN, NAMES[name][which]: exported})
    assert shown[name] == {"value": exported, "from": "environment"}


@pytest.mark.parametrize("which", [0, 1], ids=["own name", "name in the template"])
@pytest.mark.parametrize("name", NAMES)
def test_dotenv_wins_over_the_template(clone: Clone, name: str, which: int) -> None:
    in_file = VALUES[name][2]
    clone.dotenv({**ACCOUNT_IS_KNOWN, NAMES[name][which]: in_file})
    assert clone.settings()[name] == {"value": in_file, "from": ".env"}


@pytest.mark.parametrize("name", NAMES)
def test_in_dotenv_the_commands_own_name_wins(clone: Clone, name: str) -> None:
    own, of_template = NAMES[name]
    clone.dotenv({**ACCOUNT_IS_KNOWN, of_template: VALUES[name][3], own: VALUES[name][2]})
    assert clone.settings()[name] == {"value": VALUES[name][2], "from": ".env"}


@pytest.mark.parametrize("name", NAMES)
def test_the_template_gives_what_nothing_else_names(clone: Clone, name: str) -> None:
    clone.dotenv(ACCOUNT_IS_KNOWN)
    assert clone.settings()[name] == {"value": IN_TEMPLATE[name], "from": "template"}


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_variable_does_not_hide_dotenv(clone: Clone, name: str) -> None:
    own, of_template = NAMES[name]
    clone.dotenv({**ACCOUNT_IS_KNOWN, of_template: VALUES[name][2]})
    shown = clone.settings(environ={own: "", of_template: ""})
    assert shown[name] == {"value": VALUES[name][2], "from": ".env"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("delivery", "direct"),
        ("log_level", "INFO"),
        ("calls_per_second", "0"),
        ("refresh_name", "oss-cdn-refresh"),
        ("cdn_endpoint", "https://cdn.aliyuncs.com"),
        ("sts_endpoint", "https://sts.aliyuncs.com"),
        ("backlog_queue", None),
        ("smq_endpoint", None),
        ("alibaba_cloud_region_id", None),
    ],
)
def test_without_a_clone_the_defaults_are_left(
    tmp_path: Path, clone: Clone, monkeypatch: pytest.MonkeyPatch, name: str, value: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    assert clone.settings(environ=ACCOUNT_IS_KNOWN)[name] == {"value": value, "from": "default"}


def test_calls_a_second_and_the_name_come_from_the_template(clone: Clone) -> None:
    clone.dotenv({**ACCOUNT_IS_KNOWN, "REFRESH_NAME": "site"})
    shown = clone.settings()
    assert shown["calls_per_second"] == {"value": "10", "from": "template"}
    assert shown["refresh_name"] == {"value": "site", "from": ".env"}


def test_no_limit_of_calls_is_shown_as_no_limit(clone: Clone) -> None:
    shown = clone.run("settings", "--calls-per-second", "0").stdout
    assert "0 (no limit)" in shown


def test_a_name_that_the_template_builds_is_the_functions_name(clone: Clone) -> None:
    clone.template("functionName: ${vars.name}\n", "functionName: ${vars.name}-refresh\n")
    clone.dotenv({**ACCOUNT_IS_KNOWN, "REFRESH_NAME": "site"})
    assert clone.settings()["refresh_name"] == {"value": "site-refresh", "from": ".env"}


def test_an_endpoint_of_the_function_is_not_the_commands(clone: Clone) -> None:
    """It may be an internal one."""
    clone.template(
        "        REFRESH_CONFIG: ${vars.config}", "        OSS_ENDPOINT: internal\n        REFRESH_CONFIG: x"
    )
    clone.dotenv(ACCOUNT_IS_KNOWN)
    shown = clone.settings()["oss_endpoint"]
    assert shown == {"value": "https://oss-cn-hangzhou.aliyuncs.com", "from": "default"}


# Where the template is


@pytest.mark.parametrize("here", [".", "docs", "docs/deep", "functions"])
def test_the_settings_are_found_from_any_folder_of_the_clone(
    clone: Clone, monkeypatch: pytest.MonkeyPatch, here: str
) -> None:
    clone.dotenv({**ACCOUNT_IS_KNOWN, "REFRESH_BACKLOG_QUEUE": "mine"})
    (clone.folder / "docs" / "deep").mkdir(parents=True)
    monkeypatch.chdir(clone.folder / here)
    shown = clone.settings()
    assert shown["backlog_queue"] == {"value": "mine", "from": ".env"}
    assert shown["refresh_config"] == {"value": str(clone.folder / "functions" / "config.yml"), "from": "template"}


@pytest.mark.parametrize("text", ["resources: {site: {props: {code: ./src}}}\n", "{{ not: yaml", "\t@", ""])
def test_a_template_of_another_project_in_between_is_skipped(
    clone: Clone, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    clone.dotenv({**ACCOUNT_IS_KNOWN, "REFRESH_BACKLOG_QUEUE": "mine"})
    other = clone.folder / "other"
    other.mkdir()
    (other / "template.yml").write_text(text, encoding="utf-8")
    (other / ".env").write_text("REFRESH_BACKLOG_QUEUE=theirs\n", encoding="utf-8")
    monkeypatch.chdir(other)
    assert clone.settings()["backlog_queue"] == {"value": "mine", "from": ".env"}


# A template that cannot be read


BROKEN = {
    "no YAML": ("edition: 3.0.0", "edition: [3.0.0"),
    "no resource of that name": ("  refresh:                         #", "  other:                           #"),
    "a variable that nothing defines": ("BACKLOG_QUEUE: ${vars.backlog}", "BACKLOG_QUEUE: ${vars.missing}"),
    "a variable defined by itself": ("  backlog: ${env(", "  backlog: ${vars.backlog}\n  other: ${env("),
    "no text": ("BACKLOG_QUEUE: ${vars.backlog}", "BACKLOG_QUEUE: [a]"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_an_unreadable_template_is_named_where_a_setting_is_missing(clone: Clone, fault: str) -> None:
    clone.template(*BROKEN[fault])
    environ = {"SMQ_ENDPOINT": "http://127.0.0.1:9"}
    result = clone.run("backlog", environ=environ)
    assert (result.exit_code, result.stderr.count("Error: ")) == (2, 1)
    assert "BACKLOG_QUEUE is not set" in result.stderr
    assert "(template.yml: " in result.stderr


@pytest.mark.parametrize("fault", BROKEN)
def test_an_unreadable_template_is_no_fault_where_nothing_is_missing(clone: Clone, fault: str) -> None:
    clone.template(*BROKEN[fault])
    result = clone.run("validate")
    notes = 1 if fault == "no YAML" else 0  # the whole template is lost
    assert (result.exit_code, result.stderr.count("\n"), result.stderr.count("Note: ")) == (0, notes, notes)


def test_a_name_with_the_accounts_id_needs_the_account(clone: Clone) -> None:
    clone.template("BACKLOG_QUEUE: ${vars.backlog}", "BACKLOG_QUEUE: waiting-${config('AccountID')}")
    result = clone.run("backlog", environ={"SMQ_ENDPOINT": "http://127.0.0.1:9"})
    assert "set ALIBABA_CLOUD_ACCOUNT_ID" in result.stderr
    clone.dotenv(ACCOUNT_IS_KNOWN)
    assert clone.settings()["backlog_queue"] == {"value": "waiting-123", "from": "template"}


@pytest.mark.parametrize("name", ["DELIVERY", "CALLS_PER_SECOND", "BACKLOG_QUEUE"])
def test_a_wrong_value_is_reported_with_its_source(clone: Clone, name: str) -> None:
    clone.dotenv({**ACCOUNT_IS_KNOWN, name: "not right"})
    result = clone.run("validate")
    assert (result.exit_code, result.stderr.count("\n"), name in result.stderr) == (2, 1, True)
    assert name == "DELIVERY" or result.stderr.startswith(f"Error: .env: {name}: ")


def test_a_mistake_in_another_resource_hides_no_setting(clone: Clone) -> None:
    clone.template("      template: ${path('./infra/ros.yml')}", "      template: ${path('./nowhere.yml')}")
    clone.dotenv(ACCOUNT_IS_KNOWN)
    assert clone.settings()["backlog_queue"] == {"value": "oss-cdn-refresh-backlog", "from": "template"}


def test_without_a_template_a_missing_setting_says_where_it_was_looked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clone: Clone
) -> None:
    monkeypatch.chdir(tmp_path)
    result = clone.run("backlog", environ={"SMQ_ENDPOINT": "http://127.0.0.1:9"})
    assert f"no template.yml of this application lies in {tmp_path} or above it" in result.stderr


def test_a_region_that_does_not_exist_is_reported_with_its_source(clone: Clone) -> None:
    clone.dotenv({"REFRESH_REGION": "cn-hangzou"})
    result = clone.run("quota")
    assert (result.exit_code, result.stderr.startswith("Error: .env: ALIBABA_CLOUD_REGION_ID: ")) == (2, True)


# The account


@pytest.mark.usefixtures("sts")
def test_the_account_of_the_credentials_is_shown_with_its_endpoints(clone: Clone) -> None:
    shown = clone.settings()
    assert shown["alibaba_cloud_account_id"] == {"value": ACCOUNT, "from": "account"}
    assert shown["smq_endpoint"]["value"] == f"https://{ACCOUNT}.mns.cn-hangzhou.aliyuncs.com"
    assert shown["function_compute_endpoint"]["value"] == f"https://{ACCOUNT}.cn-hangzhou.fc.aliyuncs.com"


@pytest.mark.parametrize("source", ["option", "environment", ".env"])
def test_a_given_account_wins_and_nobody_is_asked(clone: Clone, sts: Ram, source: str) -> None:
    sts.denied.add("GetCallerIdentity")
    words = ("--alibaba-cloud-account-id", "123") if source == "option" else ()
    environ = ACCOUNT_IS_KNOWN if source == "environment" else {}
    if source == ".env":
        clone.dotenv({"STS_ENDPOINT": sts.url, **ACCOUNT_IS_KNOWN})
    shown = clone.settings(*words, environ=environ)
    assert shown["alibaba_cloud_account_id"] == {"value": "123", "from": source}


def test_an_account_that_is_not_told_is_not_known(clone: Clone, sts: Ram) -> None:
    sts.denied.add("GetCallerIdentity")
    result = clone.run("settings", "--json")
    assert json.loads(result.stdout)["alibaba_cloud_account_id"]["value"] is None
    assert "set ALIBABA_CLOUD_ACCOUNT_ID" in result.stderr


@pytest.mark.usefixtures("clone")
def test_the_account_is_asked_for_only_when_an_endpoint_needs_it() -> None:
    asked: list[str] = []

    def caller() -> str:
        asked.append(ACCOUNT)
        return ACCOUNT

    found = settings({}, {}, application.find())._replace(caller=caller)
    found.oss_endpoint()
    found.backlog_queue()
    assert asked == []
    assert found.smq_endpoint() == f"https://{ACCOUNT}.mns.cn-hangzhou.aliyuncs.com"
    assert asked == [ACCOUNT]


def test_the_account_is_asked_for_once(clone: Clone, sts: Ram) -> None:
    effects = Effects(clone.clock.now, clone.clock.now, clone.clock.sleep, lambda low, _high: low)
    caller = Caller(lambda: OWNER, {"STS_ENDPOINT": sts.url}, effects, 10)
    assert caller() == ACCOUNT
    sts.denied.add("GetCallerIdentity")
    assert caller() == ACCOUNT


@pytest.mark.parametrize(
    ("refusal", "said"),
    [
        (Refusal(400, "SignatureDoesNotMatch", "string to sign is: " + 900 * "A"), "check the credentials"),
        (Refusal(404, "InvalidAccessKeyId.NotFound", "not found"), "check the credentials"),
        (Refusal(503, "ServiceUnavailable", "later"), "set ALIBABA_CLOUD_ACCOUNT_ID"),
    ],
    ids=lambda part: part if isinstance(part, str) else part.code,
)
def test_a_refusal_of_sts_is_one_line_with_what_to_do(clone: Clone, sts: Ram, refusal: Refusal, said: str) -> None:
    sts.faults = Faults(refusal)
    result = clone.run("backlog")
    assert (result.exit_code, result.stderr.count("\n"), "AAA" in result.stderr) == (2, 1, False)
    assert said in result.stderr


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:9", "not a url"])
def test_an_sts_that_cannot_be_asked_is_named(clone: Clone, endpoint: str) -> None:
    clone.dotenv({"STS_ENDPOINT": endpoint})
    result = clone.run("backlog")
    assert (result.exit_code, result.stderr.count("\n"), "STS" in result.stderr) == (2, 1, True)


def test_a_region_that_is_missing_is_not_replaced_by_an_account() -> None:
    with pytest.raises(NotSet, match="SMQ_ENDPOINT"):
        settings({}, {})._replace(caller=lambda: ACCOUNT).smq_endpoint()


# Secrets


SECRETS = Credentials("LTAIsecretid", "TopSecret", "TopToken")
EXPORTED = dict(
    zip(
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"),
        SECRETS,
        strict=True,
    )
)


@pytest.mark.parametrize("words", [(), ("--json",)], ids=["table", "json"])
@pytest.mark.parametrize("source", ["environment", ".env"])
def test_credentials_are_never_shown(clone: Clone, words: tuple[str, ...], source: str) -> None:
    in_file: Mapping[str, str] = EXPORTED if source == ".env" else {}
    environ = {**ACCOUNT_IS_KNOWN, **({} if in_file else EXPORTED)}
    clone.dotenv(in_file)
    result = clone.run("settings", *words, environ=environ, credentials=lambda: SECRETS)
    assert (result.exit_code, [secret for secret in SECRETS if secret in result.output]) == (0, [])


def test_a_password_in_an_endpoint_is_not_shown(clone: Clone) -> None:
    clone.dotenv({"CDN_ENDPOINT": "https://AK:PASSWORD@h"})
    result = clone.run("settings")
    assert (result.exit_code, "PASSWORD" in result.output, "CDN_ENDPOINT" in result.stderr) == (2, False, True)


def test_people_see_a_line_for_each_setting(clone: Clone) -> None:
    clone.dotenv(ACCOUNT_IS_KNOWN)
    lines = clone.run("settings").stdout.splitlines()
    assert ["backlog_queue", "oss-cdn-refresh-backlog", "template"] in [line.split() for line in lines]
