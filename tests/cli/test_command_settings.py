"""The settings of the command: variables, options, and their precedence."""

import json

import click
import pytest
from command import run
from world import World

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh_cli.cli import main
from oss_cdn_refresh_cli.operation.settings import VARIABLES, settings
from oss_cdn_refresh_cli.shared.errors import NotSet

CONTRACT = {
    "REFRESH_CONFIG",
    "CDN_ENDPOINT",
    "DCDN_ENDPOINT",
    "ESA_ENDPOINT",
    "SMQ_ENDPOINT",
    "OSS_ENDPOINT",
    "BACKLOG_QUEUE",
    "DEAD_LETTER_QUEUE",
    "DELIVERY",
    "LOG_LEVEL",
    "CALLS_PER_SECOND",
    "FUNCTION_COMPUTE_ENDPOINT",
    "ALIBABA_CLOUD_ACCOUNT_ID",
    "ALIBABA_CLOUD_REGION_ID",
}
PLACE = {"ALIBABA_CLOUD_ACCOUNT_ID": "123", "ALIBABA_CLOUD_REGION_ID": "cn-hangzhou"}


def test_every_variable_is_an_option_of_every_command() -> None:
    names = {f"--{variable.lower().replace('_', '-')}" for variable in CONTRACT}
    left: list[tuple[str, click.Command]] = [("", main)]
    for path, command in left:
        assert names | {"--json"} <= {option for each in command.params for option in each.opts}, path
        if isinstance(command, click.Group):
            context = click.Context(command)
            left += [
                (f"{path} {name}", command.get_command(context, name) or click.Command(name))
                for name in command.list_commands(context)
            ]


def test_an_option_wins_over_its_variable(world: World) -> None:
    environ = {**world.environ, "BACKLOG_QUEUE": "nobody"}
    result = run("backlog", "--backlog-queue", "backlog", environ=environ, clock=world.clock)
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("words", "wins"),
    [
        (("--dead-letter-queue", "a", "dead-letters", "list"), "a"),
        (("--dead-letter-queue", "a", "dead-letters", "--dead-letter-queue", "b", "list"), "b"),
        (("--dead-letter-queue", "a", "dead-letters", "list", "--dead-letter-queue", "c"), "c"),
        (("dead-letters", "--dead-letter-queue", "b", "list", "--dead-letter-queue", "c"), "c"),
    ],
)
def test_the_innermost_of_several_options_is_used(world: World, words: tuple[str, ...], wins: str) -> None:
    assert f'"{wins}"' in run(*words, environ=world.environ, clock=world.clock).stderr


def test_json_is_accepted_at_any_level(world: World) -> None:
    for words in (("--json", "dead-letters", "list"), ("dead-letters", "--json", "list")):
        json.loads(run(*words, environ=world.environ, clock=world.clock).stdout)


def test_the_endpoints_come_from_account_and_region() -> None:
    told = settings({}, PLACE)
    assert (told.products["cdn"], told.smq_endpoint(), told.oss_endpoint(), told.function_compute_endpoint()) == (
        "https://cdn.aliyuncs.com",
        "https://123.mns.cn-hangzhou.aliyuncs.com",
        "https://oss-cn-hangzhou.aliyuncs.com",
        "https://123.cn-hangzhou.fc.aliyuncs.com",
    )


def test_a_missing_setting_is_reported_with_its_option() -> None:
    told = settings({}, {})
    for ask, option in (
        (told.smq_endpoint, "--smq-endpoint"),
        (told.oss_endpoint, "--oss-endpoint"),
        (told.function_compute_endpoint, "--function-compute-endpoint"),
        (told.backlog_queue, "--backlog-queue"),
        (told.dead_letter_queue, "--dead-letter-queue"),
    ):
        with pytest.raises(NotSet, match=option):
            ask()


def test_an_empty_variable_counts_as_not_set() -> None:
    assert settings({}, {**PLACE, "SMQ_ENDPOINT": ""}).smq == "https://123.mns.cn-hangzhou.aliyuncs.com"


def test_the_library_finds_the_options_among_its_variables() -> None:
    given = {"BACKLOG_QUEUE": "b", "LOG_LEVEL": "DEBUG", "CALLS_PER_SECOND": "5"}
    told = settings(given, {"BACKLOG_QUEUE": "a", "OTHER": "x"})
    assert {name: told.environ[name] for name in (*given, "OTHER")} == {**given, "OTHER": "x"}


@pytest.mark.parametrize("variable", [name for name in VARIABLES if name.endswith("_ENDPOINT")])
def test_an_endpoint_is_a_base_url(variable: str) -> None:
    with pytest.raises(ConfigurationError, match=variable):
        settings({variable: "https://example.com/path"}, {})


def test_an_endpoint_may_be_a_bare_host() -> None:
    told = settings({"FUNCTION_COMPUTE_ENDPOINT": "123.cn-hangzhou.fc.aliyuncs.com/"}, {})
    assert told.function_compute == "https://123.cn-hangzhou.fc.aliyuncs.com"


def test_the_variables_are_those_of_the_contract() -> None:
    assert set(VARIABLES) == CONTRACT


def test_the_help_lists_every_command_and_the_exit_codes(world: World) -> None:
    shown = run("--help", environ=world.environ, clock=world.clock)
    assert shown.exit_code == 0
    assert {"backlog", "dead-letters", "0", "1", "2"} <= set(shown.stdout.replace(",", " ").split())
