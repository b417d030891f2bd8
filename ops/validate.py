"""`validate`: is the configuration right, and what would a change of this object refresh?"""

from collections.abc import Sequence
from typing import Any

import click

from ops.errors import Exit, Failed
from ops.handler import configuration
from ops.operation import Command, Operation
from ops.output import Column, counted
from oss_cdn_refresh.config import Config, Site
from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.sites import EVENT_TYPE, EXCLUDED, NEW_OBJECT, NO_SITE, UNREACHABLE, items_of

UPLOAD = "ObjectCreated:PutObject"
WHY = {
    EVENT_TYPE: "its event changes no answer",
    NO_SITE: "no site of the configuration holds it",
    EXCLUDED: "include and exclude of its site leave it out",
    NEW_OBJECT: "its site skips new objects",
    UNREACHABLE: "no client can ask for a path with . or .. in it",
}


@click.command(cls=Command)
@click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="BUCKET/KEY",
    help="Show what a change of this object refreshes; may be repeated.",
)
@click.pass_obj
def validate(operation: Operation, *, keys: tuple[str, ...]) -> Exit:
    """Check the configuration, or show what an object leads to."""
    output = operation.output
    config = configuration(operation)
    changes = [Change(*located(key), UPLOAD) for key in keys]
    shown = [_shown(change, config) for change in changes]
    if not keys:
        columns = (Column("site", figures=True), "bucket", "prefix", "domains", "path", "index")
        output.table(columns, [_row(number, site) for number, site in enumerate(config.sites)])
        output.say()
        sites, domains = counted(len(config.sites), "site"), counted(len(config.domains), "domain")
        output.say(f"{operation.settings.config}: {sites}, {domains}, all right.")
    for about in shown:
        output.say(f"{about['bucket']}/{about['key']}")
        output.table(["type", "url"], [(item["object_type"], item["url"]) for item in about["items"]])
        if about["ignored"]:
            output.say(f"ignored: {WHY[about['ignored']]}")
    output.document(
        {
            "config": operation.settings.config,
            "sites": [site._asdict() for site in config.sites],
            "limits": config.limits._asdict(),
            "collapse": config.collapse._asdict(),
            "keys": shown,
        }
    )
    return Exit.of(found=any(about["ignored"] for about in shown))


def located(text: str) -> tuple[str, str]:
    """The bucket and the key of `bucket/key` or `oss://bucket/key`.

    :raises Failed: it names no object.
    """
    bucket, _, key = text.removeprefix("oss://").partition("/")
    if not bucket or not key:
        raise Failed(f'"{text}" names no object: write bucket/key or oss://bucket/key')
    return bucket, key


def _shown(change: Change, config: Config) -> dict[str, Any]:
    items, ignored = items_of(change, config)
    return {
        "bucket": change.bucket,
        "key": change.key,
        "items": [{"object_type": item.type, "url": item.url} for item in items],
        "ignored": ignored,
    }


def _row(number: int, site: Site) -> Sequence[object]:
    index = site._asdict()["index"]
    return number, site.bucket, site.prefix, ", ".join(site.domains), site.path, ", ".join(index)
