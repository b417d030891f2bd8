"""The help of the whole command, which imports no command."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner
from command import ROOT

from oss_cdn_refresh_cli.cli import COMMANDS, main
from oss_cdn_refresh_cli.operation.settings import VARIABLES

LINES = {module.rpartition(".")[2]: line for module, line in COMMANDS.items()}


@pytest.mark.parametrize("name", LINES)
def test_the_help_of_all_commands_repeats_the_first_line_of_each_command(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.get_short_help_str(limit=100) == LINES[name]


@pytest.mark.parametrize("words", [*((name,) for name in LINES), ("dead-letters", "list")], ids=" ".join)
def test_the_help_of_a_command_points_to_the_settings_of_all(words: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(main, [*words, "--help"]).stdout
    assert ("--cdn-endpoint" in shown, "--timeout SECONDS" in shown) == (False, False)
    assert shown.endswith("Settings, such as --timeout: see oss-cdn-refresh --help\n")


def test_the_help_of_all_commands_has_every_setting() -> None:
    shown = CliRunner().invoke(main, ["--help"]).stdout
    options = [f"--{name.lower().replace('_', '-')} " for name in VARIABLES]
    assert [option for option in [*options, "--timeout "] if option not in shown] == []


def test_a_module_without_a_line_in_the_help_is_no_command() -> None:
    assert main.get_command(click.Context(main), "operation") is None


def test_the_help_imports_no_command_and_no_reader() -> None:
    asked = "import sys; from oss_cdn_refresh_cli.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    slow = ("requests", "rich.table", "yaml", "ssl")
    told = f"print([name for name in sys.modules if '.commands.' in name or name in {slow}])"
    path = [str(ROOT / "functions"), str(ROOT)]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path}\n{asked}{told}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
