"""The options of each command that asks the edge: another address, and added headers."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from oss_cdn_refresh_cli.edge.audit import edge
from oss_cdn_refresh_cli.edge.audit.edge import Address
from oss_cdn_refresh_cli.edge.audit.headers import headers

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def edge_options(command: Decorated) -> Decorated:
    """Add `--header`, as the parameter `added` with the headers by name, and `--connect-to`, as `connect_to`."""
    header = click.option(
        "--header",
        "added",
        callback=_headers,
        multiple=True,
        metavar="'NAME: VALUE'",
        help="Send this header to the edge, such as a Referer; may be repeated.",
    )
    connect_to = click.option(
        "--connect-to", callback=_address, metavar="HOST:PORT", help="Ask this address for every domain."
    )
    return header(connect_to(command))


def _address(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Address | None:
    try:
        return None if value is None else edge.address(value)
    except ValueError as error:
        raise click.BadParameter(f'"{value}" is no address: write HOST:PORT, an IPv6 address in brackets') from error


def _headers(_context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    try:
        return headers(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error
