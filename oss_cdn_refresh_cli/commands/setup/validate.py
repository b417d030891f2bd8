"""`validate`: checks the configuration, or shows what a change of an object refreshes."""

from collections.abc import Sequence
from typing import Any

import click

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.from_url import fault
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.products import DEFAULT
from oss_cdn_refresh.settings.config import Config, Site
from oss_cdn_refresh.settings.environment import wrong_level
from oss_cdn_refresh_cli.operation.changes import UPLOAD, WHY
from oss_cdn_refresh_cli.operation.handler import configuration
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.operation.places import located
from oss_cdn_refresh_cli.operation.urls import as_sent, is_url, refreshed_for
from oss_cdn_refresh_cli.shared.errors import Exit
from oss_cdn_refresh_cli.shared.output import Column, Kind, counted, shortened


@click.command(cls=Command)
@click.argument("places", nargs=-1, metavar="[URL | BUCKET/KEY]…")
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="BUCKET/KEY",
    help="Show what a change of this object, or of those behind a URL, refreshes; may be repeated.",
)
@click.pass_obj
def validate(operation: Operation, *, places: tuple[str, ...], keys: tuple[str, ...]) -> Exit:
    """Check the configuration, or show what an object refreshes."""
    output = operation.output
    config = configuration(operation)
    wrong = wrong_level(operation.settings.environ)
    if wrong:
        output.warn(str(wrong))
    named = (*places, *keys)
    urls = [as_sent(name, config) for name in named if is_url(name)]
    behind = {url: refreshed_for(url, config)[0] for url in urls}
    changes = [Change(*located(name), UPLOAD) for name in named if not is_url(name)]
    changes += [Change(each.bucket, each.key, UPLOAD) for objects in behind.values() for each in objects]
    not_reached = [url for url, objects in behind.items() if not any(each.covered for each in objects)]
    shown = [_shown(change, config) for change in dict.fromkeys(changes)]
    if not named:
        several = any(target.product != DEFAULT for target in config.targets)
        product = (Column("product", kind=Kind.ID),) if several else ()
        bucket, prefix = Column("bucket", kind=Kind.ID), Column("prefix", kind=Kind.URL)
        path = Column("path", kind=Kind.URL)
        columns = (Column("site", figures=True), bucket, prefix, "domains", *product, path, "index")
        output.table(columns, [_row(number, site, several=several) for number, site in enumerate(config.sites)])
        output.say()
        sites, domains = counted(len(config.sites), "site"), counted(len(config.domains), "domain")
        output.say(f"{operation.settings.config}: {sites}, {domains}, all right.")
    for about in shown:
        output.say(f"{about['bucket']}/{about['key']}")
        output.table(
            [Column("type", kind=Kind.ID), Column("url", kind=Kind.URL)],
            [(item["object_type"], item["url"]) for item in about["items"]],
        )
        for letter in about["dead_letters"]:
            output.say(f"{shortened(letter['url'])} becomes a dead letter: {letter['reason']}")
        if about["ignored"]:
            output.say(f"ignored: {WHY[about['ignored']]}")
    for url in not_reached:
        why = "is none of these URLs" if behind[url] else "has no object behind it"
        output.say(f"{url} {why}: oss-cdn-refresh explain says why")
    output.document(
        {
            "config": operation.settings.config,
            "sites": [site._asdict() for site in config.sites],
            "limits": {name: limits._asdict() for name, limits in config.limits.items()},
            "collapse": config.collapse._asdict(),
            "keys": shown,
            "not_refreshed": not_reached,
        }
    )
    return Exit.of(found=bool(not_reached) or any(about["ignored"] or about["dead_letters"] for about in shown))


def _shown(change: Change, config: Config) -> dict[str, Any]:
    items, ignored = items_of(change, config)
    faults = [(item.url, why) for item in items if (why := fault(item, config.domains))]
    return {
        "bucket": change.bucket,
        "key": change.key,
        "items": [{"object_type": item.type, "url": item.url} for item in items],
        "ignored": ignored,
        "dead_letters": [{"url": url, "reason": why} for url, why in faults],
    }


def _row(number: int, site: Site, *, several: bool) -> Sequence[object]:
    product, index = (str(site.target),) if several else (), site._asdict()["index"]
    return number, site.bucket, site.prefix, ", ".join(site.domains), *product, site.path, ", ".join(index)
