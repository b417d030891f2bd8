"""The version of the command is that of the installed package."""

import pytest
from click.testing import CliRunner

from oss_cdn_refresh_cli import cli


def test_a_command_that_is_not_installed_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "DISTRIBUTION", "oss-cdn-refresh-in-a-clone")
    done = CliRunner().invoke(cli.main, ["--version"])
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "pip install ." in done.stderr
