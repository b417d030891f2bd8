"""The help of the whole command, which imports no command."""

import subprocess
import sys

import click
import pytest
from command import ROOT

from oss_cdn_refresh_cli.cli import COMMANDS, main


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_says_of_each_command_what_the_command_says_of_itself(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.get_short_help_str(limit=100) == COMMANDS[name]


def test_what_is_no_command_is_none_though_a_module_has_its_name() -> None:
    assert main.get_command(click.Context(main), "operation") is None


def test_the_help_imports_no_command() -> None:
    asked = "import sys; from oss_cdn_refresh_cli.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
    told = "print([name for name in sys.modules if '.commands.' in name or name in ('requests', 'rich.table')])"
    path = [str(ROOT / "functions"), str(ROOT)]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", f"import sys; sys.path[:0] = {path}\n{asked}{told}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[-1] == "[]"
