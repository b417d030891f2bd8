"""The command `oss-cdn-refresh` and its sub-commands."""

import click

from ops.audit import audit
from ops.backlog import backlog
from ops.dead_letters import dead_letters
from ops.doctor.command import doctor
from ops.inventory import inventory
from ops.invoke import invoke
from ops.operation import Root
from ops.plan import plan
from ops.quota import quota
from ops.refresh import refresh
from ops.validate import validate


@click.group("oss-cdn-refresh", cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="oss-cdn-refresh")
def main() -> None:
    """Look after what refreshes the CDN when objects in OSS change: its queues, its quota, its configuration.

    Every setting is a variable of the environment, as the function has it, and an option, before the command or after
    it. Exit codes: 0 done, 1 found something, 2 could not.
    """


for command in (doctor, validate, quota, backlog, dead_letters, refresh, plan, inventory, audit, invoke):
    main.add_command(command)
