"""Runs the command against stand-ins: in this process with click's runner, or as its own process."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from click.testing import CliRunner, Result

from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.transport.credentials import Credentials, Source
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_cli.cli import main
from oss_cdn_refresh_cli.operation.operation import Surroundings

ROOT = Path(__file__).parent.parent.parent
OWNER = Credentials("AK", "SECRET")
LONELY = {  # no credentials of this machine, and no question to a machine's role
    "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
    "ALIBABA_CLOUD_CLI_PROFILE_DISABLED": "true",
    "HOME": "/nonexistent",
}

MACHINE = {"PATH": os.environ["PATH"]}  # what each command sees of this machine; the fixtures add a CA bundle


def run(
    *words: str,
    environ: Mapping[str, str],
    clock: Clock,
    credentials: Source = lambda: OWNER,
    stdin: str | bytes | None = None,
) -> Result:
    """Run the command in this process with these variables only; sleeping moves the clock."""
    effects = Effects(clock.now, clock.now, clock.sleep, lambda low, _high: low)
    hidden: dict[str, str | None] = dict.fromkeys(os.environ, None)
    env = {**hidden, **MACHINE, **environ}
    return CliRunner().invoke(main, words, obj=Surroundings(effects, credentials), env=env, input=stdin)


IN_THE_BACKGROUND = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")  # as a script starts what it does not wait for


def start(
    *words: str, environ: Mapping[str, str], stderr: int = subprocess.PIPE, through: Sequence[str] = ()
) -> "subprocess.Popen[str]":
    """Start the command as a process of its own, with the machine's clock and the official chain of credentials.

    through: another command, which becomes this one.
    """
    env = {
        **MACHINE,
        "PYTHONPATH": os.pathsep.join((str(ROOT / "functions"), str(ROOT))),
        "ALIBABA_CLOUD_ACCESS_KEY_ID": OWNER.access_key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": OWNER.access_key_secret,
        **LONELY,
        **environ,
    }
    return subprocess.Popen(  # noqa: S603 - our own command
        (*through, sys.executable, "-m", "oss_cdn_refresh_cli", *words),
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=stderr,
    )
