"""A healthy account: the project's own template and stack, deployed to stand-ins."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from click.testing import Result
from command import run

from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh_box.cdn.describing import Described, Source
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.cloud import ACCOUNT, OWNER, Cloud
from oss_cdn_refresh_box.dcdn import Dcdn
from oss_cdn_refresh_box.demo import clients
from oss_cdn_refresh_box.esa import LIMITS, Esa, Site
from oss_cdn_refresh_box.fc.registry import Registered

CONFIG: dict[str, Any] = {
    "sites": [
        {"bucket": "my-site", "domains": ["www.example.com", "static.example.com"]},
        {
            "bucket": "my-site",
            "prefix": "img/",
            "domains": ["img.example.com"],
            "variants": ["?x-oss-process=style/thumb"],
        },
    ]
}


OF_DCDN: dict[str, Any] = {"bucket": "my-site", "domains": ["dcdn.example.com"], "product": "dcdn"}
OF_ESA: dict[str, Any] = {"bucket": "my-site", "domains": ["esa.example.net"], "product": "esa", "esa_site_id": 123456}
OF_ALL_PRODUCTS: dict[str, Any] = {"sites": [*CONFIG["sites"], OF_DCDN, OF_ESA]}


class Healthy:
    """A cloud, and the settings with which the command finds it."""

    def __init__(self, cloud: Cloud, folder: Path, config: Any = CONFIG) -> None:
        self.cloud = cloud
        self.credentials = Credentials(*OWNER)
        self.folder = folder
        self.machine = Clock()  # the SDKs sign by the machine's time, too
        self.environ = {
            "CDN_ENDPOINT": cloud.cdn.url,
            "SMQ_ENDPOINT": cloud.smq.url,
            "OSS_ENDPOINT": cloud.oss.url,
            "FUNCTION_COMPUTE_ENDPOINT": cloud.api.url,
            "RAM_ENDPOINT": cloud.ram.url,
            "STS_ENDPOINT": cloud.ram.url,
            "ALIBABA_CLOUD_ACCOUNT_ID": ACCOUNT,
            "ALIBABA_CLOUD_REGION_ID": "cn-hangzhou",
            "BACKLOG_QUEUE": "oss-cdn-refresh-backlog",
            "DEAD_LETTER_QUEUE": "oss-cdn-refresh-dead-letters",
        }
        self.configure(config)

    def configure(self, config: Any) -> None:
        """Write the configuration that the command reads."""
        file = self.folder / "config.yml"
        file.write_text(config if isinstance(config, str) else yaml.safe_dump(config), encoding="utf-8")
        self.environ["REFRESH_CONFIG"] = str(file)

    @property
    def function(self) -> Any:
        """The function that OSS calls, as Function Compute has it."""
        return self.cloud.api.functions["oss-cdn-refresh"]

    @property
    def drain(self) -> Any:
        """The function that works on the backlog, as Function Compute has it."""
        return self.cloud.api.functions["oss-cdn-refresh-drain"]

    @property
    def functions(self) -> tuple[Any, Any]:
        """Both."""
        return self.function, self.drain

    def trigger(self, name: str) -> dict[str, Any]:
        """The trigger of that name, of either function."""
        (found,) = (
            trigger for function in self.functions for trigger in function.triggers if trigger["triggerName"] == name
        )
        return found  # type: ignore[no-any-return]

    def twin(self, name: str) -> Registered:
        """A second deployment of the same code under another name; it has no triggers yet."""
        other = Registered(self.cloud.function.function._replace(name=name, triggers=()), ACCOUNT)
        self.cloud.api.functions[name] = other
        return other

    @contextmanager
    def bucket(self, name: str) -> Iterator[Any]:
        """A bucket, for its owner."""
        with clients.bucket(self.cloud, name) as bucket:
            yield bucket

    def call(self, *words: str) -> Result:
        """`doctor` in this process."""
        return run("doctor", *words, environ=self.environ, clock=self.machine, credentials=lambda: self.credentials)

    def findings(self, *words: str) -> dict[str, list[dict[str, str]]]:
        """The findings of each check, in the order of the output."""
        result = self.call("--json", *words)
        found: dict[str, list[dict[str, str]]] = {}
        for finding in json.loads(result.stdout):
            found.setdefault(finding["check"], []).append(finding)
        return found


@contextmanager
def a_healthy_account(folder: Path) -> Iterator[Healthy]:
    """An account for one block."""
    with Cloud(CONFIG) as cloud:
        yield _deployed(Healthy(cloud, folder))


class OfAllProducts(Healthy):
    """An account that uses the CDN, DCDN and ESA."""

    def __init__(self, cloud: Cloud, dcdn: Dcdn, esa: Esa, folder: Path) -> None:
        super().__init__(cloud, folder, OF_ALL_PRODUCTS)
        self.dcdn = dcdn
        self.esa = esa
        self.environ |= {"DCDN_ENDPOINT": dcdn.url, "ESA_ENDPOINT": esa.url}


@contextmanager
def a_healthy_account_of_all_products(folder: Path) -> Iterator[OfAllProducts]:
    """An account for one block."""
    variables = {
        "REFRESH_DOMAINS": "www.example.com,static.example.com,img.example.com",
        "REFRESH_DCDN_DOMAINS": "dcdn.example.com",
        "REFRESH_ESA_SITES": "123456",
    }
    zones = {123456: Site("example.net", records={"esa.example.net": True})}
    with (
        Cloud(OF_ALL_PRODUCTS, variables=variables) as cloud,
        Dcdn(cloud.clock, OF_DCDN["domains"], keys=cloud.keys) as dcdn,
        Esa(cloud.clock, zones, keys=cloud.keys, limits=LIMITS._replace(calls_per_second=50)) as esa,
    ):
        origin = Source("oss", "my-site.oss-cn-hangzhou.aliyuncs.com")
        dcdn.described["dcdn.example.com"] = Described(sources=(origin,))
        healthy = OfAllProducts(cloud, dcdn, esa, folder)
        _deployed(healthy)
        yield healthy


def _deployed(healthy: Healthy) -> Healthy:
    """The functions read the configuration from their code, as deployed ones do."""
    for function in healthy.functions:
        function.function["environmentVariables"]["REFRESH_CONFIG"] = "config.yml"
    return healthy
