"""Finds the place of a probe: which product serves the domain, and where the bucket's objects are on it.

If the configuration names the domain, it has both facts. Otherwise the probe assumes that the domain shows the whole
bucket, through the product of the option --product.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh.products import DEFAULT
from oss_cdn_refresh.settings.checks import Complaint, a_bucket, a_domain, a_queue_name
from oss_cdn_refresh.settings.config import Config, Site
from oss_cdn_refresh_cli.operation.changes import UPLOAD
from oss_cdn_refresh_cli.operation.handler import configuration
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.probing.account import PREFIX, Place
from oss_cdn_refresh_cli.shared.errors import CredentialsRefused, Failed


class Placed(NamedTuple):
    """A place, and why nothing may be tried there, or ""."""

    place: Place
    problem: str = ""


def place_of(operation: Operation, bucket: str, domain: str, options: Mapping[str, Any]) -> Placed:
    """The place for the options of the command: product, esa_site_id, queue, connect_to and added.

    :raises Failed: an option is no name of what it names, or the id of an ESA site is missing.
    """
    for option, rule, text in (
        ("--bucket", a_bucket, bucket),
        ("--domain", a_domain, domain),
        ("--esa-site-id", _a_site_id, options["esa_site_id"]),
        ("--queue", a_queue_name, options["queue"]),
    ):
        if text and (complaint := rule(text)):
            what, remedy = complaint
            raise Failed(f'{option}: "{text}" {what}: {remedy}')
    config = _configuration(operation)
    sites = config.sites if config else ()
    site = next((site for site in sites if bucket == site.bucket and domain in site.domains), None)
    named = options["product"]
    configured = site.target if site else Target(DEFAULT)
    target = configured if named in {None, configured.product} else Target(named)
    if options["esa_site_id"] and target.product == "esa":
        target = target._replace(site_id=options["esa_site_id"])
    if target.product == "esa" and not target.site_id:
        raise Failed(f"{domain}: ESA serves it, and the id of its ESA site is not known: give --esa-site-id ID")
    place = Place(
        bucket, domain, target, connect_to=options["connect_to"], added=options["added"], queue=options["queue"]
    )
    if config and site:
        place = place._replace(prefix=site.prefix, path=site.path, scheme=site.scheme)
        return Placed(place, _problem(config, site))
    return Placed(place)


def _configuration(operation: Operation) -> Config | None:
    try:
        return configuration(operation)
    except CredentialsRefused:
        raise
    except (ConfigurationError, Failed) as error:
        operation.output.warn(f"{error}: the domain counts as one that shows the whole bucket")
        return None


def _a_site_id(text: str) -> Complaint | None:
    return None if text.isascii() and text.isdigit() else ("is no id of an ESA site", "write its digits")


def _problem(config: Config, site: Site) -> str:
    """Why no comparison of copies would be valid: the function refreshes the probe's objects; or ""."""
    key = f"{site.prefix}{PREFIX}page.txt"
    if not items_of(Change(site.bucket, key, UPLOAD, None, None, None), config)[0]:
        return ""
    glob = f"{site.prefix}{PREFIX}*"
    what = f"the function would refresh the probe's objects in {site.bucket}"
    return f'sites[{site.number}].exclude: {what}: add "{glob}" to it, and deploy the configuration'
