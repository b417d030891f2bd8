"""An open box: the whole cloud, with the values that a test needs."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from certifi import where

from oss_cdn_refresh_box.box.terms import Terms, check_base64, configuration, shown
from oss_cdn_refresh_box.cdn import Cdn, Edge
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.cloud import ACCOUNT, OWNER, Cloud, Further
from oss_cdn_refresh_box.cloud.deployment import OF_SITES
from oss_cdn_refresh_box.dcdn import Dcdn
from oss_cdn_refresh_box.esa import Esa
from oss_cdn_refresh_box.oss import Oss
from oss_cdn_refresh_box.smq import Queue, Smq
from oss_cdn_refresh_box.wire.certificate import Authority
from oss_cdn_refresh_box.wire.closing import Closing
from oss_cdn_refresh_box.wire.serving import Response
from oss_cdn_refresh_cli.deployment.reading import template

USUAL = Terms()
QUEUES = ("BACKLOG_QUEUE", "DEAD_LETTER_QUEUE")  # variables of this project's functions; the command reads them, too


class Box(Closing):
    """OSS, CDN, DCDN, ESA with an edge, SMQ, RAM and Function Compute on 127.0.0.1; use it as a context manager.

    oss, cdn, dcdn, esa, smq, edge: the services, each with its `url`. `cdn.calls` lists the calls of the CDN's API.
    edge_address: HOST:PORT of the edge, for `--connect-to`. It answers http and https.
    access_key_id, access_key_secret, account, region: the values that every client needs.
    buckets: the names. domains: the buckets that each domain shows. esa_sites: the ids of the sites of ESA by name.
    environment: the variables that the command and the SDKs read, for a process of your own.
    certificates: a file with the certificates that the edge's https needs, beside the usual ones.
    cloud: the cloud of the box, for example `cloud.invocations`, or faults to script.

    The clock is the machine's plus what `advance` adds. The functions of a template run in `advance` and `settle` only.

    Raises:
        Failed: the terms contradict each other, or have a wrong name.
        ConfigurationError: the configuration is wrong.
        TemplateError: the template cannot be read, or has a function that cannot run here.
        OSError: a port is in use, or a file cannot be read.

    """

    def __init__(self, terms: Terms = USUAL) -> None:
        check_base64(terms)
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="oss-cdn-refresh-box-")))
            file = Path(terms.template).absolute() if terms.template else None
            deployed = template.load(file, environ=terms.variables, account=ACCOUNT) if file else None
            config = configuration(terms, deployed)
            self.domains = shown(config["sites"])
            authority = Authority()
            self.certificates = authority.bundle(folder / "certificates.pem", beside=Path(where()))
            asked = (deployed.asks if deployed else frozenset()).difference(OF_SITES)
            further = Further(
                terms.every_bucket,
                terms.every_queue,
                terms.port,
                terms.delay,
                authority.server_context("127.0.0.1", *self.domains),
            )
            variables = {name: value for name, value in terms.variables.items() if name in asked}
            self.cloud = stack.enter_context(
                Cloud(config, file=file, variables=variables, clock=Clock(lenient=True), further=further)
            )
            for product in (self.cloud.cdn, self.cloud.dcdn, self.cloud.esa):
                product.tasks.seconds = terms.delay
            if terms.notify:
                self.cloud.notify(terms.notify, base64=terms.base64)
            self.account, self.region = ACCOUNT, self.cloud.deployment.region
            self.access_key_id, self.access_key_secret = OWNER
            self._stack = stack.pop_all()

    def close(self) -> None:
        """Close all services and end all functions."""
        self._stack.close()

    @property
    def oss(self) -> Oss:
        """OSS; `oss.stock(bucket, {key: bytes})` puts objects into a bucket without an event."""
        return self.cloud.oss

    @property
    def cdn(self) -> Cdn:
        """The API of the CDN."""
        return self.cloud.cdn

    @property
    def dcdn(self) -> Dcdn:
        """The API of DCDN."""
        return self.cloud.dcdn

    @property
    def esa(self) -> Esa:
        """The API of ESA."""
        return self.cloud.esa

    @property
    def smq(self) -> Smq:
        """SMQ."""
        return self.cloud.smq

    @property
    def edge(self) -> Edge:
        """The edge of CDN, DCDN and ESA."""
        return self.cloud.edge

    @property
    def edge_address(self) -> str:
        """HOST:PORT of the edge."""
        return urlsplit(self.edge.url).netloc

    @property
    def buckets(self) -> list[str]:
        """The buckets of the box when it was opened."""
        return self.cloud.buckets

    @property
    def esa_sites(self) -> dict[str, int]:
        """The ids of the sites of ESA by their names."""
        return {site.name: site_id for site_id, site in self.esa.sites.items()}

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the command, the official SDKs and ossutil read, and those of the box itself."""
        functions = [function.environment for function in self.cloud.deployment.template.functions]
        queues = {name: value for each in functions for name, value in each.items() if name in QUEUES}
        return {
            "OSS_ENDPOINT": self.oss.url,
            "CDN_ENDPOINT": self.cdn.url,
            "DCDN_ENDPOINT": self.dcdn.url,
            "ESA_ENDPOINT": self.esa.url,
            "SMQ_ENDPOINT": self.smq.url,
            "FUNCTION_COMPUTE_ENDPOINT": self.cloud.api.url,
            "RAM_ENDPOINT": self.cloud.ram.url,
            "STS_ENDPOINT": self.cloud.ram.url,
            "ALIBABA_CLOUD_ACCOUNT_ID": self.account,
            "ALIBABA_CLOUD_REGION_ID": self.region,
            "ALIBABA_CLOUD_ACCESS_KEY_ID": self.access_key_id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": self.access_key_secret,
            "ALIBABA_CLOUD_SECURITY_TOKEN": "",
            "OSS_REGION": self.region,
            "OSS_ACCESS_KEY_ID": self.access_key_id,
            "OSS_ACCESS_KEY_SECRET": self.access_key_secret,
            "OSS_SESSION_TOKEN": "",
            "REFRESH_CONFIG": str(self.cloud.config_file),
            **queues,
            "BOX_EDGE": self.edge_address,
            "BOX_CERTIFICATES": str(self.certificates),
        }

    def queue(self, name: str) -> Queue:
        """A queue of SMQ, to read its messages; KeyError if there is none."""
        return self.smq.queue(name)

    def visit(self, url: str) -> Response:
        """The edge's answer to a visitor: `status`, `body`, and `headers`, of which X-Cache is HIT or MISS."""
        return self.cloud.visit(url)

    def advance(self, seconds: float) -> None:
        """Move the clock forwards, and run the functions for all events and messages that are due then."""
        self.cloud.clock.advance(seconds)
        self.settle()

    def settle(self) -> None:
        """Run the functions for all events and messages that are due now."""
        self.cloud.compute.settle_now()
