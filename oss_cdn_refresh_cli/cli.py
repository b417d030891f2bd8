"""The command `oss-cdn-refresh` and its sub-commands, each imported when it is called."""

import click

from oss_cdn_refresh_cli.operation.operation import Root

COMMANDS = {  # modules below `oss_cdn_refresh_cli.commands`, in the order of the help, with their lines in the help
    "setup.doctor": "Check that everything is set up right.",
    "setup.settings": "Show each setting, and where it comes from.",
    "setup.validate": "Check the configuration, or show what an object refreshes.",
    "refreshing.quota": "Show the day's quotas of each product in use, and what is left of them.",
    "queues.backlog": "Show how much waits in the backlog, and why.",
    "queues.dead-letters": "See, put back or delete dead letters.",
    "edge.explain": "Say why a URL is old, and what to do.",
    "refreshing.tasks": "Show the tasks of the last 3 days, and which of them failed.",
    "refreshing.refresh": "Refresh objects by hand: under a prefix, behind a URL, or from a file.",
    "refreshing.plan": "Show what would be sent for changes, and send nothing.",
    "refreshing.inventory": "Count the objects of each directory, for the planner.",
    "edge.audit": "Compare what the CDN serves with what the bucket holds.",
    "edge.wait": "Wait until the CDN serves what the bucket holds.",
    "refreshing.report": "Make one page of HTML about exported lines of the log.",
    "setup.probe": "Try on a real account what no document says.",
    "setup.invoke": "Send each file as a payload to the deployed function.",
    "box": "Run OSS, CDN and SMQ on this machine, for tests.",
}
ELSEWHERE = {"box": "oss_cdn_refresh_box.box.box"}  # the modules of commands in another package


@click.group(
    "oss-cdn-refresh",
    cls=Root,
    lazily=COMMANDS,
    package="oss_cdn_refresh_cli.commands",
    elsewhere=ELSEWHERE,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="oss-cdn-refresh")
def main() -> None:
    """Operate the function that refreshes the CDN when objects in OSS change: its queues, quota and configuration.

    Settings come from options, before or after the command, then from the environment, .env and template.yml.
    Exit codes: 0 done, no problem found; 1 a problem was found; 2 the command could not do its work.
    """
