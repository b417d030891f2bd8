"""The command `oss-cdn-refresh` and its sub-commands, each imported when it is called."""

import click

from oss_cdn_refresh_cli.operation.operation import Root
from oss_cdn_refresh_cli.shared.errors import Failed

DISTRIBUTION = "oss-cdn-refresh"  # what pip installs; its version stands in pyproject.toml

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
    "setup.probe": "Answer open questions about the cloud on a real account.",
    "setup.invoke": "Send each file as a payload to the deployed function.",
    "box": "Run OSS, CDN and SMQ on this machine, for tests.",
}
ELSEWHERE = {"box": "oss_cdn_refresh_box.box.box"}  # the modules of commands in another package


def _show_version(context: click.Context, _option: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - click's call
    """Print the version of the installed package.

    :raises Failed: the command runs from a clone and is not installed.
    """
    if not asked or context.resilient_parsing:
        return
    import importlib.metadata  # noqa: PLC0415 - only --version needs it

    try:
        version = importlib.metadata.version(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError as error:
        raise Failed(
            "the command runs from a clone and is not installed, so it has no version: run pip install . in the clone"
        ) from error
    click.echo(f"{DISTRIBUTION}, version {version}")
    context.exit()


@click.group(
    "oss-cdn-refresh",
    cls=Root,
    lazily=COMMANDS,
    package="oss_cdn_refresh_cli.commands",
    elsewhere=ELSEWHERE,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def main() -> None:
    """Operate the function that refreshes the CDN when objects in OSS change: its queues, quota and configuration.

    Settings come from options, before or after the command, then from the environment, .env and template.yml.
    Exit codes: 0 done, no problem found; 1 a problem was found; 2 the command could not do its work.
    """
