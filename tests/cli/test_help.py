"""The help of the whole command, which imports no command."""

import subprocess
import sys

import click
import pytest
from command import ROOT

from oss_cdn_refresh_cli.cli import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_of_all_commands_repeats_the_first_line_of_each_command(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.get_short_help_str(limit=100) == COMMANDS[name]


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
