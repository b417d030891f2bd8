"""A cloud in a box: OSS, SMQ, CDN, DCDN and ESA with an edge, RAM, and the functions of a template, on one clock.

Functions and triggers come from the template, queues and the role's rights from the stack, buckets and domains from the
configuration that the function reads. Without a template there are no functions.
"""

import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from operator import attrgetter
from pathlib import Path
from typing import Any

import yaml

from oss_cdn_refresh_box.account.credentials import Key
from oss_cdn_refresh_box.account.ram import Ram, roles
from oss_cdn_refresh_box.cdn import Call, Cdn, Edge, visit
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.cloud import deployment as deploying
from oss_cdn_refresh_box.cloud.further import NOTHING_FURTHER, Further
from oss_cdn_refresh_box.cloud.sites import describe, domains_of, esa_sites, origins
from oss_cdn_refresh_box.dcdn import Dcdn
from oss_cdn_refresh_box.esa import Esa
from oss_cdn_refresh_box.fc import Api, Deployed, FunctionCompute, Invocation, Manner
from oss_cdn_refresh_box.fc.instance import Credentials
from oss_cdn_refresh_box.fc.registry import OSS_ROLE, layers, registered
from oss_cdn_refresh_box.oss import Oss
from oss_cdn_refresh_box.oss.notifications import Notifications
from oss_cdn_refresh_box.smq import Queue, QueueAttributes, Smq
from oss_cdn_refresh_box.wire.closing import Closing
from oss_cdn_refresh_box.wire.serving import EMPTY, Response
from oss_cdn_refresh_cli.deployment.expectations import CHANGES, REPLICATED
from oss_cdn_refresh_cli.deployment.reading.ros import Infrastructure

TEMPLATE = Path(__file__).parents[2] / "template.yml"
ACCOUNT = "1234567890123456"
OWNER = ("AK", "SECRET")  # the account's own access key, for people
ROLE = Credentials("STS.refresh", "role-secret", "role-token")  # the credentials of the function's role


class Cloud(Closing):
    """A cloud in which a template is deployed; use it as a context manager.

    config: the function's configuration, as a mapping.
    file: the template, None for a cloud without functions.
    variables: those of the `.env` beside the template, such as `REFRESH_DELIVERY`.
    api: the API of Function Compute; ram: the APIs of RAM and STS.
    keys: the credentials that all services know, by access key id.
    config_file: a copy of the configuration, which the function reads.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        *,
        file: Path | None = TEMPLATE,
        variables: Mapping[str, str] = EMPTY,
        clock: Clock | None = None,
        manner: Manner = Manner(),  # noqa: B008 - immutable
        further: Further = NOTHING_FURTHER,
    ) -> None:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oss-cdn-refresh-")))
            self.config_file = folder / "config.yml"
            self.config_file.write_text(yaml.safe_dump(dict(config), allow_unicode=True), encoding="utf-8")
            sites: list[dict[str, Any]] = config["sites"]
            self.domains = list(dict.fromkeys(domain for site in sites for domain in site["domains"]))
            deployment = deploying.nothing(ACCOUNT)
            if file is not None:
                deployment = deploying.read(
                    file, sites=sites, config=self.config_file, variables=variables, account=ACCOUNT
                )
            region, infrastructure = deployment.region, deployment.infrastructure
            self.deployment = deployment
            self.buckets = list(
                dict.fromkeys((*(site["bucket"] for site in sites), *further.buckets, *deployment.buckets))
            )
            keys: dict[str, str | Key] = {
                OWNER[0]: OWNER[1],
                ROLE.access_key_id: Key(ROLE.access_key_secret, ROLE.security_token),
            }
            queues = {**dict.fromkeys(further.queues, QueueAttributes()), **deployment.queues}
            self.clock = clock or Clock()
            made, port = stack.enter_context, further.of
            self.oss = made(Oss(self.clock, self.buckets, region=region, account=ACCOUNT, keys=keys, port=port("oss")))
            self.smq = made(Smq(self.clock, queues, keys=keys, account=ACCOUNT, region=region, port=port("smq")))
            self.cdn = made(Cdn(self.clock, domains_of(sites, "cdn"), keys=keys, port=port("cdn")))
            self.dcdn = made(Dcdn(self.clock, domains_of(sites, "dcdn"), keys=keys, port=port("dcdn")))
            self.esa = made(Esa(self.clock, esa_sites(sites), keys=keys, port=port("esa")))
            self.edge = made(
                Edge(
                    self.clock,
                    origins(sites, self.oss.url),
                    delay=further.delay,
                    tls=further.tls,
                    port=port("edge"),
                    plain=True,
                )
            )
            for product in (self.cdn, self.dcdn, self.esa):
                product.tasks.subscribers.append(self.edge.follow)
            describe(self.cdn, "cdn", sites, region)
            describe(self.dcdn, "dcdn", sites, region)
            if infrastructure:
                self._grant(infrastructure)
            self.compute = made(
                FunctionCompute(
                    deployment.template,
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
            functions, versions = registered(deployment.template), layers(deployment.template)
            self.api = made(
                Api(self.compute, self.clock, keys=keys, functions=functions, layers=versions, port=port("fc"))
            )
            known = roles(infrastructure, OSS_ROLE) if infrastructure else {}
            self.ram = made(Ram(self.clock, known, account=ACCOUNT, keys=keys, port=port("ram")))
            self.keys = keys
            self._stack = stack.pop_all()

    def _grant(self, infrastructure: Infrastructure) -> None:
        """Give the function's role the rights of the stack, and no others."""
        identity, named = ROLE.access_key_id, deploying.named
        for product in (self.cdn, self.dcdn, self.esa):
            product.actions[identity] = deploying.actions(infrastructure)
        self.cdn.rights[identity] = named(infrastructure, "cdn:RefreshObjectCaches")
        self.cdn.preload_rights[identity] = named(infrastructure, "cdn:PushObjectCache")
        self.dcdn.rights[identity] = named(infrastructure, "dcdn:RefreshDcdnObjectCaches")
        self.dcdn.preload_rights[identity] = named(infrastructure, "dcdn:PreloadDcdnObjectCaches")
        self.esa.rights[identity] = {
            int(site_id) if site_id.isdecimal() else site_id for site_id in named(infrastructure, "esa:PurgeCaches")
        }

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

    def notify(self, queue: str = "", *, base64: bool = False) -> None:
        """From now on, OSS puts an event notification of each change into this queue, "" for the backlog."""
        receiver = self.smq.queue(queue) if queue else self.backlog
        self.oss.subscribe(Notifications(receiver, CHANGES | REPLICATED, base64=base64))

    def visit(self, url: str) -> Response:
        """A visitor's GET at the edge."""
        return visit(self.edge.url, url)

    def settle(self) -> None:
        """Run all events, batches and retries until none is left."""
        self.compute.settle()
