"""The content that a person wants in a box, and the sites for it.

A domain is written `[PRODUCT:]DOMAIN[=BUCKET]`, such as `www.example.com`, `img.example.com=my-images` or
`dcdn:www.example.com`. The edge speaks http and https, but the sites made of such domains have the scheme http: so
`audit` and `wait` need no certificate.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.products import DEFAULT, NAMES
from oss_cdn_refresh.settings import config_file
from oss_cdn_refresh.settings.checks import a_bucket
from oss_cdn_refresh_box.smq.actions import NAME
from oss_cdn_refresh_cli.deployment.reading.template import Template
from oss_cdn_refresh_cli.shared.errors import Failed

BUCKET, DOMAIN = "my-site", "www.example.com"
DELAY = 1.0
FIRST_ESA_SITE = 1_000_001
REFRESH_CONFIG = "REFRESH_CONFIG"
NO_VARIABLES: Mapping[str, str] = {}


class Terms(NamedTuple):
    """The content of a box.

    buckets: names of further buckets, beside the buckets of the domains and of the template.
    domains: `[PRODUCT:]DOMAIN[=BUCKET]`; without BUCKET, the first bucket. Default: www.example.com.
    queues: names; notify: the queue that gets a message for each change of an object, "" for none.
    base64: the bodies of these messages are Base64.
    template: the file whose functions run. refresh_config: the file with the sites, instead of `domains`.
    delay: seconds from an accepted refresh until it takes effect at the edge, and its task is complete.
    port: of the first service, 0 for free ones. variables: of the environment, for the template.
    """

    buckets: Sequence[str] = ()
    domains: Sequence[str] = ()
    queues: Sequence[str] = ()
    notify: str = ""
    base64: bool = False
    template: str | Path | None = None
    refresh_config: str | Path | None = None
    delay: float = DELAY
    port: int = 0
    variables: Mapping[str, str] = NO_VARIABLES

    @property
    def every_bucket(self) -> tuple[str, ...]:
        """The names of the further buckets.

        :raises Failed: one is no name of a bucket.
        """
        for name in self.buckets:
            wrong = a_bucket(name)
            if wrong:
                raise Failed(f'"{name}" {wrong[0]}: {wrong[1]}')
        return tuple(self.buckets)

    @property
    def every_queue(self) -> tuple[str, ...]:
        """The names of all queues that the terms name.

        :raises Failed: one is no name of a queue.
        """
        names = tuple(dict.fromkeys((*self.queues, *([self.notify] if self.notify else []))))
        for name in names:
            if not NAME.fullmatch(name):
                what = "is no name of a queue: write at most 120 letters, digits and hyphens, no hyphen first"
                raise Failed(f'"{name}" {what}')
        return names


def check_base64(terms: Terms) -> None:
    """Base64 is a property of the messages about changes.

    :raises Failed: nothing would be encoded.
    """
    if terms.base64 and not terms.notify:
        raise Failed("base64 encodes the messages about changes, and no queue gets any: name one with notify")


def configuration(terms: Terms, template: Template | None) -> dict[str, Any]:
    """The configuration with the sites of a box.

    :raises Failed: the options contradict each other, or the file cannot be read.
    :raises ConfigurationError: the configuration is wrong.
    """
    if terms.refresh_config and terms.domains:
        raise Failed("both a configuration and domains are given: name the domains in one of them")
    file = _local(str(terms.refresh_config)) if terms.refresh_config else None
    if file is None and not terms.domains and template:
        file = _of_function(template)
    if file:
        text = _read(file, of_function=not terms.refresh_config)
        config_file.parse(text, file.name)
        found: dict[str, Any] = yaml.safe_load(text)
        return found
    made = {"sites": _sites(terms, template)}
    try:
        config_file.parse(yaml.safe_dump(made, allow_unicode=True), "the domains of the box")
    except ConfigurationError as error:
        raise Failed(f"{error.what}: {error.remedy}") from error
    return made


def _of_function(template: Template) -> Path | None:
    """The configuration's file that a function of a template reads, None if no function reads one."""
    for function in template.functions:
        written = function.environment.get(REFRESH_CONFIG)
        if written:
            return function.code / _local(written)
    return None


def _read(file: Path, *, of_function: bool) -> bytes:
    """The bytes of a configuration. of_function: the template named the file, or a variable in this shell."""
    try:
        return file.read_bytes()
    except OSError as error:
        whose = f"it is {REFRESH_CONFIG}, perhaps of an earlier box: unset it, or " if of_function else ""
        raise Failed(f"{file}: {error.strerror}: {whose}give --refresh-config FILE that is there") from error


def _local(written: str) -> Path:
    """The path of a configuration."""
    if written.startswith("oss://"):
        raise Failed(f"{REFRESH_CONFIG} is {written}, which a new box does not have: give --refresh-config FILE")
    return Path(written)


def _sites(terms: Terms, template: Template | None) -> list[dict[str, Any]]:
    """The sites that the options name."""
    functions = template.functions if template else ()
    buckets = (*terms.every_bucket, *(trigger.bucket for function in functions for trigger in function.oss_triggers))
    first = next(iter(buckets), BUCKET)
    esa: dict[str, int] = {}
    return [_site(text, first, esa) for text in terms.domains or [DOMAIN]]


def _site(text: str, first: str, esa: dict[str, int]) -> dict[str, Any]:
    product, colon, rest = text.partition(":")
    if not colon:
        product, rest = DEFAULT, text
    if product not in NAMES:
        raise Failed(f'"{text}": "{product}" is no product: write {", ".join(NAMES)} before the colon, or no colon')
    domain, _, bucket = rest.partition("=")
    site: dict[str, Any] = {"bucket": bucket or first, "domains": [domain], "scheme": "http", "product": product}
    if product == "esa":
        zone = domain.partition(".")[2]
        site["esa_site_id"] = esa.setdefault(zone, FIRST_ESA_SITE + len(esa))
    return site


def shown(sites: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """The buckets that each domain shows."""
    found: dict[str, list[str]] = {}
    for site in sites:
        for domain in site["domains"]:
            found.setdefault(domain, []).append(site["bucket"])
    return found
