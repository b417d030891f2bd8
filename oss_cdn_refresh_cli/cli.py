"""The command `oss-cdn-refresh` and its sub-commands, each imported when it is called."""

import click

from oss_cdn_refresh_cli.operation.operation import Root

COMMANDS = {  # modules of `oss_cdn_refresh_cli.commands`, in the order of the help, with their lines in the help
    "doctor": "Check that everything is set up right.",
    "validate": "Check the configuration, or show what an object refreshes.",
    "quota": "Show the day's quotas of each product in use, and what is left of them.",
    "backlog": "Show how much waits in the backlog, and why.",
    "dead-letters": "See, put back or delete dead letters.",
    "refresh": "Refresh objects by hand: under a prefix, or from a file.",
    "plan": "Show what would be sent for changes, and send nothing.",
    "inventory": "Count the objects of each directory, for the planner.",
    "audit": "Compare what the CDN serves with what the bucket holds.",
    "report": "Make one page of HTML about exported lines of the log.",
    "invoke": "Send each file as a payload to the deployed function.",
}


@click.group(
    "oss-cdn-refresh",
    cls=Root,
    lazily=COMMANDS,
    package="oss_cdn_refresh_cli.commands",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="oss-cdn-refresh")
def main() -> None:
    """Operate the function that refreshes the CDN when objects in OSS change: its queues, quota and configuration.

    Every setting is a variable of the environment, as for the function, and an option, before or after the command.
    Exit codes: 0 done, 1 found something, 2 could not.
    """
