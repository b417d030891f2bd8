"""`explain`: says why a URL is old, and what to do."""

import click

from oss_cdn_refresh_cli.edge.audit.edge import RATE, Address, Edge, RequestRate
from oss_cdn_refresh_cli.edge.audit.options import edge_options
from oss_cdn_refresh_cli.edge.explaining import report
from oss_cdn_refresh_cli.edge.explaining.causes import causes
from oss_cdn_refresh_cli.edge.explaining.gathering import Gathering
from oss_cdn_refresh_cli.operation.handler import configuration
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.operation.urls import as_sent
from oss_cdn_refresh_cli.shared.errors import Exit


@click.command(cls=Command)
@click.argument("url", metavar="URL")
@edge_options
@click.pass_obj
def explain(operation: Operation, *, url: str, added: dict[str, str], connect_to: Address | None) -> Exit:
    """Say why a URL is old, and what to do.

    Asks the edge, OSS, the product's tasks and both queues, and changes nothing. Exit codes: 0 the edge is fresh, 1 the
    edge is stale, 2 the edge could not be compared with the bucket.
    """
    config = configuration(operation)
    sent = as_sent(url, config)
    pace, seconds = RequestRate(operation.effects, RATE), operation.settings.seconds
    with Edge(operation.effects, pace, seconds=seconds, connect_to=connect_to, added=added) as edge:
        facts = Gathering(operation, config, edge).facts(sent)
    return report.show(operation, facts, list(causes(facts)))
