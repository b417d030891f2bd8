"""template.yml is read as Serverless Devs reads it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from oss_cdn_refresh_cli.deployment.model import Function, OssTrigger, OtherTrigger, QueueTrigger
from oss_cdn_refresh_cli.deployment.reading.template import load
from oss_cdn_refresh_cli.deployment.reading.variables import TemplateError

ROOT = Path(__file__).parents[2]
ACCOUNT = "1234567890123456"

MINIMAL = """\
edition: 3.0.0
vars:
  region: {region}
resources:
  refresh:
    component: fc3
    props:
      region: ${{vars.region}}
      functionName: f
      runtime: python3.10
      handler: refresh.handler
      code: ./functions
      memorySize: 512
      role: {role}
"""

Minimal = Callable[..., Function]


@pytest.fixture
def minimal(tmp_path: Path) -> Minimal:
    def read(
        region: str = "cn-hangzhou",
        role: str = "r",
        more: str = "",
        environ: Mapping[str, str] | None = None,
        **rest: str,
    ) -> Function:
        (tmp_path / "template.yml").write_text(MINIMAL.format(region=region, role=role) + more, encoding="utf-8")
        if "env_file" in rest:
            (tmp_path / ".env").write_text(rest["env_file"], encoding="utf-8")
        return load(tmp_path / "template.yml", environ=environ or {}, account=ACCOUNT).function("refresh")

    return read


def test_the_real_template_deploys_the_function_that_the_contract_names() -> None:
    function = load(ROOT / "template.yml", environ={}, account=ACCOUNT).function("refresh")
    entry_points = (function.code, function.handler, function.initializer, function.runtime)
    assert entry_points == (ROOT / "functions", "refresh.handler", "refresh.initialize", "python3.10")


def test_plain_s_deploy_uses_the_values_of_the_template() -> None:
    """s.yaml is two lines that extend template.yml."""
    plain = load(ROOT / "s.yaml", environ={}, account=ACCOUNT)
    named = load(ROOT / "template.yml", environ={}, account=ACCOUNT)
    assert (plain.functions, plain.stacks) == (named.functions, named.stacks)


def test_keys_that_a_function_merges_from_another_are_its_own() -> None:
    refresh, drain = load(ROOT / "template.yml", environ={}, account=ACCOUNT).functions
    assert (drain.environment, drain.layers, drain.role) == (refresh.environment, refresh.layers, refresh.role)
    assert (drain.name, drain.instances) == ("oss-cdn-refresh-drain", 1)


def test_the_triggers_of_each_function_are_read() -> None:
    functions = load(ROOT / "template.yml", environ={}, account=ACCOUNT).functions
    types = {function.resource: [type(trigger) for trigger in function.triggers] for function in functions}
    assert types == {"refresh": [OssTrigger], "drain": [QueueTrigger]}


def test_a_queue_trigger_is_read_with_its_window_and_its_dead_letters() -> None:
    (trigger,) = load(ROOT / "template.yml", environ={}, account=ACCOUNT).function("drain").queue_triggers
    assert trigger == QueueTrigger(
        name="backlog",
        place="drain.props.triggers[0]",
        queue="oss-cdn-refresh-backlog",
        base64=False,
        schema="CloudEvents",
        synchronous=True,
        enabled=True,
        mode="event-streaming",
        tasks=1,
        window_messages=10_000,
        window_seconds=15,
        errors_tolerance="ALL",
        retry_strategy="EXPONENTIAL_DECAY_RETRY",
        dead_letter_arn=f"acs:mns:cn-hangzhou:{ACCOUNT}:/queues/oss-cdn-refresh-dead-letters",
        region="cn-hangzhou",
        pattern="{}",
    )


def test_a_trigger_of_another_type_is_kept_by_name(minimal: Minimal) -> None:
    more = "      triggers:\n        - triggerName: daily\n          triggerType: timer\n          triggerConfig: {}\n"
    assert minimal(more=more).triggers == (OtherTrigger("daily", "refresh.props.triggers[0]", "timer"),)


def test_a_variable_of_the_environment_replaces_the_default(minimal: Minimal) -> None:
    function = minimal(region="${env('REGION', 'cn-hangzhou')}", environ={"REGION": "cn-shanghai"})
    assert function.region == "cn-shanghai"


def test_an_empty_variable_counts_as_unset(minimal: Minimal) -> None:
    assert minimal(region="${env('REGION', 'cn-hangzhou')}", environ={"REGION": ""}).region == "cn-hangzhou"


def test_the_env_file_beside_the_template_is_read(minimal: Minimal) -> None:
    env_file = "# mine\nexport REGION='cn-beijing'\nOTHER=1\n"
    assert minimal(region="${env('REGION', 'cn-hangzhou')}", env_file=env_file).region == "cn-beijing"


def test_a_comment_after_a_value_of_the_env_file_is_not_part_of_the_value(minimal: Minimal) -> None:
    assert minimal(region="${env('REGION')}", env_file="REGION=cn-beijing # ours\n").region == "cn-beijing"


def test_the_environment_wins_over_the_env_file(minimal: Minimal) -> None:
    function = minimal(region="${env('REGION')}", env_file="REGION=cn-beijing\n", environ={"REGION": "cn-shanghai"})
    assert function.region == "cn-shanghai"


def test_the_account_is_put_into_arns(minimal: Minimal) -> None:
    assert minimal(role="acs:ram::${config('AccountID')}:role/r").role == f"acs:ram::{ACCOUNT}:role/r"


def test_an_output_is_refused_as_only_the_command_deploy_would_know_it(minimal: Minimal) -> None:
    with pytest.raises(TemplateError, match="is known to `s deploy` only, so logs and remove would fail"):
        minimal(role="${resources.infra.output.RoleArn}")


def test_the_stacks_are_deployed_before_the_functions_and_removed_after_them() -> None:
    flow = yaml.safe_load((ROOT / "template.yml").read_text(encoding="utf-8"))["flow"]
    stacks = [["infra"], ["monitoring"]]
    assert flow["deploy"] == [*stacks, ["refresh"], ["drain"]]
    assert flow["remove"] == list(reversed(flow["deploy"]))


def test_the_names_that_may_override_values_are_those_of_every_env_call() -> None:
    asks = load(ROOT / "s.yaml", environ={}, account=ACCOUNT).asks
    assert (len(asks), {"REFRESH_REGION", "REFRESH_LAYER_VERSION"} <= asks) == (16, True)


def test_path_starts_at_the_template_and_not_at_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    stacks = load(ROOT / "template.yml", environ={}, account=ACCOUNT).stacks
    assert [stack.template.relative_to(ROOT / "infra").name for stack in stacks] == ["ros.yml", "monitoring.yml"]


@pytest.mark.parametrize(
    ("region", "complaint"),
    [
        ("${env('REGION')}", "template.yml: vars.region: REGION is not set: write REGION=… into .env"),
        ("${vars.nowhere}", "template.yml: vars.region: ${vars.nowhere} is not defined: define it under vars"),
        ("${config('Secret')}", "config(['Secret']) is not known"),
        ("${path('./nowhere')}", "./nowhere does not exist"),
        ("[a, list]", "template.yml: refresh.props.region: is missing or no text: write a text"),
    ],
)
def test_an_unsupported_variable_is_an_error_with_its_place(minimal: Minimal, region: str, complaint: str) -> None:
    with pytest.raises(TemplateError) as error:
        minimal(region=region)
    assert complaint in str(error.value)


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ("      timeout: soon\n", "refresh.props.timeout"),
        ("      timeout: true\n", "refresh.props.timeout"),
        ("      asyncInvokeConfig: [1]\n", "refresh.props.asyncInvokeConfig"),
    ],
)
def test_a_value_of_the_wrong_type_is_an_error_with_its_place(minimal: Minimal, more: str, place: str) -> None:
    with pytest.raises(TemplateError, match=place):
        minimal(more=more)


def test_a_file_that_is_not_a_template_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "template.yml").write_text("- a\n", encoding="utf-8")
    with pytest.raises(TemplateError, match="is no mapping"):
        load(tmp_path / "template.yml", environ={}, account=ACCOUNT)


@pytest.mark.parametrize("kind", ["function", "stack"])
def test_an_unknown_resource_is_an_error(kind: str) -> None:
    with pytest.raises(TemplateError, match=f"resources.nobody: there is no such {kind}"):
        getattr(load(ROOT / "template.yml", environ={}, account=ACCOUNT), kind)("nobody")


def test_a_log_that_fc3_chooses_has_no_name(minimal: Minimal) -> None:
    function = minimal(more="      logConfig: auto\n")
    assert (function.log_project, function.logstore) == ("", "")
