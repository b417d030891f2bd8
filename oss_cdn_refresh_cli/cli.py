"""The command `oss-cdn-refresh` and its sub-commands."""

import click

from oss_cdn_refresh_cli.commands.audit import audit
from oss_cdn_refresh_cli.commands.backlog import backlog
from oss_cdn_refresh_cli.commands.dead_letters import dead_letters
from oss_cdn_refresh_cli.commands.doctor import doctor
from oss_cdn_refresh_cli.commands.inventory import inventory
from oss_cdn_refresh_cli.commands.invoke import invoke
from oss_cdn_refresh_cli.commands.plan import plan
from oss_cdn_refresh_cli.commands.quota import quota
from oss_cdn_refresh_cli.commands.refresh import refresh
from oss_cdn_refresh_cli.commands.validate import validate
from oss_cdn_refresh_cli.operation.operation import Root


@click.group("oss-cdn-refresh", cls=Root, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="oss-cdn-refresh")
def main() -> None:
    """Look after what refreshes the CDN when objects in OSS change: its queues, its quota, its configuration.

    Every setting is a variable of the environment, as the function has it, and an option, before the command or after
    it. Exit codes: 0 done, 1 found something, 2 could not.
    """


for command in (doctor, validate, quota, backlog, dead_letters, refresh, plan, inventory, audit, invoke):
    main.add_command(command)
