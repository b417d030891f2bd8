"""A world whose sites are behind CDN, DCDN and ESA at once."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from world import World, a_world, record

from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh_box.cdn.service import Service
from oss_cdn_refresh_box.dcdn import Dcdn
from oss_cdn_refresh_box.esa import Esa, Site

NAMES = ("cdn", "dcdn", "esa")
CDN, DCDN, ESA = "www.example.com", "d.example.net", "e.example.org"
HOST = {"cdn": CDN, "dcdn": DCDN, "esa": ESA}
SITE_ID, OTHER_SITE_ID, OTHER_HOST = 123_456, 234_567, "e.example.edu"
TARGETS = {"cdn": Target("cdn"), "dcdn": Target("dcdn"), "esa": Target("esa", str(SITE_ID))}
SITES: list[dict[str, Any]] = [
    {"bucket": "my-site", "domains": [CDN]},
    {"bucket": "my-site", "domains": [DCDN], "product": "dcdn"},
    {"bucket": "my-site", "domains": [ESA], "product": "esa", "esa_site_id": SITE_ID},
]
REFRESH = {"cdn": "RefreshObjectCaches", "dcdn": "RefreshDcdnObjectCaches", "esa": "PurgeCaches"}


class Three:
    """The world, and the stand-ins of the three products by their names."""

    def __init__(self, world: World, dcdn: Dcdn, esa: Esa) -> None:
        self.world = world
        self.dcdn = dcdn
        self.esa = esa
        self.products: dict[str, Service] = {"cdn": world.cdn, "dcdn": dcdn, "esa": esa}

    def accepted(self) -> dict[str, set[str]]:
        """The URLs that each product has accepted."""
        found = {"cdn": self.world.cdn.accepted, "dcdn": self.dcdn.accepted, "esa": self.esa.accepted}
        return {name: {url for _, url in items} for name, items in found.items()}

    def refreshes(self, name: str) -> list[Any]:
        """The refresh calls that reached a product, also the refused ones."""
        return [call for call in self.products[name].calls if call.action == REFRESH[name]]

    def come_back(self, seconds: float = 360) -> dict[str, Any]:
        """Work on everything of the backlog that is due after so many seconds."""
        self.world.clock.advance(seconds)
        queue = self.world.smq.queue("backlog")
        received = queue.receive(10_000)
        for message in received:
            queue.delete(message.receipt)
        return self.world.invoke([{"messageBody": message.body} for message in received])


@contextmanager
def three_products(folder: Path) -> Iterator[Three]:
    """A world with all three products, whose stand-ins run until the block ends."""
    with ExitStack() as stack:
        world = stack.enter_context(a_world(folder))
        dcdn = stack.enter_context(Dcdn(world.clock, [DCDN], keys=world.keys))
        records = {ESA: True, "other.example.org": True}
        sites = {
            SITE_ID: Site("example.org", records=records),
            OTHER_SITE_ID: Site("example.edu", records={OTHER_HOST: True}),
        }
        esa = stack.enter_context(Esa(world.clock, sites, keys=world.keys))
        world.environ |= {"DCDN_ENDPOINT": dcdn.url, "ESA_ENDPOINT": esa.url}
        world.configure(*SITES)
        yield Three(world, dcdn, esa)


def urls(host: str, count: int = 1) -> set[str]:
    """The URLs of the first objects on a host: 0.jpg, 1.jpg and so on."""
    return {f"https://{host}/{number}.jpg" for number in range(count)}


def queued(count: int, **stored: Any) -> list[dict[str, Any]]:
    """An event of a queue trigger with so many changed objects."""
    return [
        {"messageId": str(number), "messageBody": json.dumps({"events": [record(f"{number}.jpg", **stored)]})}
        for number in range(count)
    ]
