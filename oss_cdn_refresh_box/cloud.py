"""A cloud in a box: OSS, SMQ, CDN, DCDN and ESA with an edge, RAM, and the functions of a template, on one clock.

Functions and triggers come from the template, queues and the role's rights from the stack, buckets and domains from the
configuration that the function reads.
"""

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from operator import attrgetter
from pathlib import Path
from typing import Any

import yaml

from oss_cdn_refresh_box.account.credentials import Key
from oss_cdn_refresh_box.account.ram import Ram, roles
from oss_cdn_refresh_box.cdn import Call, Cdn, Edge, Origin, visit
from oss_cdn_refresh_box.cdn.describing import Described, Source
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.dcdn import Dcdn
from oss_cdn_refresh_box.esa import Esa, Site
from oss_cdn_refresh_box.fc import Api, Deployed, FunctionCompute, Invocation, Manner
from oss_cdn_refresh_box.fc.instance import Credentials
from oss_cdn_refresh_box.fc.registry import OSS_ROLE, layers, registered
from oss_cdn_refresh_box.oss import Oss
from oss_cdn_refresh_box.oss.notifications import Notifications
from oss_cdn_refresh_box.smq import Queue, QueueAttributes, Smq
from oss_cdn_refresh_box.wire.closing import Closing
from oss_cdn_refresh_box.wire.serving import EMPTY, Response
from oss_cdn_refresh_cli.deployment.expectations import CHANGES, REPLICATED
from oss_cdn_refresh_cli.deployment.reading import ros, template

TEMPLATE = Path(__file__).parent.parent / "template.yml"
ACCOUNT = "1234567890123456"
OWNER = ("AK", "SECRET")  # the account's own access key, for people
NO_DOMAINS = "none"  # in REFRESH_DOMAINS: no site is behind the CDN
ESA_PLAN = "basic"
ROLE = Credentials("STS.refresh", "role-secret", "role-token")  # the credentials of the function's role


class Cloud(Closing):
    """A cloud in which a template is deployed; use it as a context manager.

    config: the function's configuration, as a mapping.
    variables: those of the `.env` beside the template, such as `REFRESH_DELIVERY`.
    api: the API of Function Compute; ram: the APIs of RAM and STS.
    keys: the credentials that all services know, by access key id.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        *,
        file: Path = TEMPLATE,
        variables: Mapping[str, str] = EMPTY,
        clock: Clock | None = None,
        manner: Manner = Manner(),  # noqa: B008 - immutable
    ) -> None:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oss-cdn-refresh-")))
            (folder / "config.yml").write_text(yaml.safe_dump(dict(config), allow_unicode=True), encoding="utf-8")
            sites: list[dict[str, Any]] = config["sites"]
            buckets = list(dict.fromkeys(site["bucket"] for site in sites))
            self.domains = list(dict.fromkeys(domain for site in sites for domain in site["domains"]))
            environ = {
                "REFRESH_BUCKET": buckets[0],
                "REFRESH_DOMAINS": ",".join(_domains_of(sites, "cdn")) or NO_DOMAINS,
                "REFRESH_DCDN_DOMAINS": ",".join(_domains_of(sites, "dcdn")),
                "REFRESH_ESA_SITES": ",".join(map(str, _esa_sites(sites))),
                "REFRESH_CONFIG": str(folder / "config.yml"),
                "REFRESH_LOG_LEVEL": "INFO",
                **variables,
            }
            deployment = template.load(file, environ=environ, account=ACCOUNT)
            infrastructure = ros.evaluate(deployment.stack("infra"), ACCOUNT)
            region = deployment.function("refresh").region
            keys: dict[str, str | Key] = {
                OWNER[0]: OWNER[1],
                ROLE.access_key_id: Key(ROLE.access_key_secret, ROLE.security_token),
            }
            queues = {
                queue.name: QueueAttributes(queue.visibility, message_retention_period=queue.retention)
                for queue in infrastructure.queues.values()
            }
            self.clock = clock or Clock()
            self.oss = stack.enter_context(Oss(self.clock, buckets, region=region, account=ACCOUNT, keys=keys))
            self.smq = stack.enter_context(Smq(self.clock, queues, keys=keys, account=ACCOUNT, region=region))
            self.cdn = stack.enter_context(Cdn(self.clock, _domains_of(sites, "cdn"), keys=keys))
            self.dcdn = stack.enter_context(Dcdn(self.clock, _domains_of(sites, "dcdn"), keys=keys))
            self.esa = stack.enter_context(Esa(self.clock, _esa_sites(sites), keys=keys))
            self.edge = stack.enter_context(Edge(self.clock, _origins(sites, self.oss.url)))
            for product in (self.cdn, self.dcdn, self.esa):
                product.actions[ROLE.access_key_id] = _actions(infrastructure)
                product.tasks.subscribers.append(self.edge.follow)
            for one, name, refresh, preload in (
                (self.cdn, "cdn", "cdn:RefreshObjectCaches", "cdn:PushObjectCache"),
                (self.dcdn, "dcdn", "dcdn:RefreshDcdnObjectCaches", "dcdn:PreloadDcdnObjectCaches"),
            ):
                one.rights[ROLE.access_key_id] = _named(infrastructure, refresh)
                one.preload_rights[ROLE.access_key_id] = _named(infrastructure, preload)
                _describe(one, [site for site in sites if site.get("product", "cdn") == name], region)
            self.esa.rights[ROLE.access_key_id] = {
                int(site_id) if site_id.isdecimal() else site_id
                for site_id in _named(infrastructure, "esa:PurgeCaches")
            }
            self.compute = stack.enter_context(
                FunctionCompute(
                    deployment,
                    self.clock,
                    self.smq,
                    environment={
                        "CDN_ENDPOINT": self.cdn.url,
                        "DCDN_ENDPOINT": self.dcdn.url,
                        "ESA_ENDPOINT": self.esa.url,
                        "SMQ_ENDPOINT": self.smq.url,
                        "OSS_ENDPOINT": self.oss.url,
                    },
                    credentials=lambda: ROLE,
                    manner=manner,
                )
            )
            self.oss.subscribe(self.compute.notice)
            self.api = stack.enter_context(
                Api(self.compute, self.clock, keys=keys, functions=registered(deployment), layers=layers(deployment))
            )
            self.ram = stack.enter_context(Ram(self.clock, roles(infrastructure, OSS_ROLE), account=ACCOUNT, keys=keys))
            self.keys = keys
            self._stack = stack.pop_all()

    def close(self) -> None:
        """Close all services, the last one first."""
        self._stack.close()

    @property
    def function(self) -> Deployed:
        """The function that OSS calls."""
        return self.compute.functions["refresh"]

    @property
    def drain(self) -> Deployed:
        """The function that works on the backlog."""
        return self.compute.functions["drain"]

    @property
    def invocations(self) -> list[Invocation]:
        """The invocations of all functions, one function after the other."""
        return [invocation for deployed in self.compute.functions.values() for invocation in deployed.invocations]

    @property
    def calls(self) -> list[Call]:
        """The calls to CDN, DCDN and ESA, in the order of their arrival."""
        return sorted((*self.cdn.calls, *self.dcdn.calls, *self.esa.calls), key=attrgetter("at"))

    @property
    def backlog(self) -> Queue:
        """The backlog queue."""
        return self.smq.queue(self.function.function.environment["BACKLOG_QUEUE"])

    @property
    def dead_letters(self) -> Queue:
        """The dead-letter queue."""
        return self.smq.queue(self.function.function.environment["DEAD_LETTER_QUEUE"])

    def notify(self, *, base64: bool = False) -> None:
        """From now on OSS puts an event notification of each change straight into the backlog."""
        self.oss.subscribe(Notifications(self.backlog, CHANGES | REPLICATED, base64=base64))

    def visit(self, url: str) -> Response:
        """A visitor's GET at the edge."""
        return visit(self.edge.url, url)

    def settle(self) -> None:
        """Run all events, batches and retries until none is left."""
        self.compute.settle()


def _domains_of(sites: Iterable[Mapping[str, Any]], product: str) -> list[str]:
    """The domains that a product serves."""
    of_product = [site for site in sites if site.get("product", "cdn") == product]
    return list(dict.fromkeys(domain for site in of_product for domain in site["domains"]))


def _esa_sites(sites: Iterable[Mapping[str, Any]]) -> dict[int, Site]:
    """The sites of ESA by their ids, each with a proxied record for every domain."""
    found: dict[int, Site] = {}
    for site in sites:
        if site.get("product") == "esa":
            records = dict.fromkeys(site["domains"], True)
            name = site["domains"][0].partition(".")[2]
            known = found.get(site["esa_site_id"], Site(name, plan=ESA_PLAN))
            found[site["esa_site_id"]] = known._replace(records={**known.records, **records})
    return found


def _actions(infrastructure: ros.Infrastructure) -> set[str]:
    """What the role may do, without the names of the services."""
    allowing = (statement for statement in infrastructure.role.statements if statement.allows)
    return {action.partition(":")[2] for statement in allowing for action in statement.actions}


def _named(infrastructure: ros.Infrastructure, action: str) -> set[str]:
    """The domains, or the sites of ESA, for which the role may do something; "*" for all."""
    return {resource.rpartition("/")[2] for resource in infrastructure.resources(action)}


def _describe(product: Cdn, sites: Iterable[Mapping[str, Any]], region: str) -> None:
    """Let a product know the origins of its domains."""
    for site in sites:
        source = Source("oss", f"{site['bucket']}.oss-{region}.aliyuncs.com")
        for domain in site["domains"]:
            known = product.described.get(domain, Described())
            product.described[domain] = known._replace(sources=(*known.sources, source))


def _origins(sites: list[dict[str, Any]], oss: str) -> dict[str, list[Origin]]:
    """The origins of each domain, for the edge."""
    origins: defaultdict[str, list[Origin]] = defaultdict(list)
    for site in sites:
        index = site.get("index", ["index.html"])
        origin = Origin(
            f"{oss}/{site['bucket']}", site.get("path", "/"), site.get("prefix", ""), index[0] if index else ""
        )
        for domain in site["domains"]:
            origins[domain].append(origin)
    return origins
