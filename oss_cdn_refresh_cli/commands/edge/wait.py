"""`wait`: waits until the CDN serves what the bucket holds, for example after an upload in a pipeline."""

from typing import Any, BinaryIO

import click

from oss_cdn_refresh_cli.edge.audit.objects import Objects
from oss_cdn_refresh_cli.edge.audit.progress import START
from oss_cdn_refresh_cli.edge.audit.wait import report
from oss_cdn_refresh_cli.edge.audit.wait.options import wait_options
from oss_cdn_refresh_cli.edge.audit.wait.polls import Terms, Wait
from oss_cdn_refresh_cli.operation.handler import configuration
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.shared.errors import Exit


@click.command(cls=Command)
@click.argument("places", nargs=-1, metavar="[oss://BUCKET/PREFIX]…")
@click.option(
    "--keys",
    type=click.File("rb"),
    metavar="FILE",
    help="Objects, one bucket/key a line, also deleted ones; - is stdin.",
)
@wait_options
@click.pass_obj
def wait(operation: Operation, /, *, places: tuple[str, ...], keys: BinaryIO | None, **terms: Any) -> Exit:
    """Wait until the CDN serves what the bucket holds.

    It asks the nearest node, as a visitor does, and asks again only for URLs that are not fresh yet.
    """
    if not (places or keys):
        raise click.UsageError("nothing to wait for: give oss://bucket/prefix or --keys FILE")
    objects = Objects.of(places, keys, None)
    config = configuration(operation)
    objects.check(config)
    waited = Wait(operation, config, Terms(**terms)).until_fresh(objects.entries(operation, START, config.by_bucket))
    report.show(operation, waited)
    operation.output.document(report.document(waited))
    return report.code(waited)
