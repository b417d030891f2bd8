"""Works with the product that docs/extending.md shows, in a copy of the code: the test starts it as a process.

It refreshes, confirms and preloads URLs of XCDN beside those of the CDN, and plans by XCDN's own quota.
"""

import logging
import sys
from pathlib import Path

from every_line import come_back
from world import SITE, a_world, event, from_the_queue, record, url

from oss_cdn_refresh_box.cdn import Cdn
from oss_cdn_refresh_box.cdn.product import CDN, Product
from oss_cdn_refresh_box.cdn.service import Name

DOWNLOAD = url("game.zip", "dl.example.com")
SITES = (SITE, {"bucket": "my-downloads", "domains": ["dl.example.com"], "product": "xcdn", "preload": ["game.zip"]})
XCDN: Product = CDN._replace(
    name=Name("xcdn.aliyuncs.com", "2030-01-01", policies="xcdn", throttling="TooManyRequests"),
    refresh="RefreshXcdnObjectCaches",
    preload="PreloadXcdnObjectCaches",
    by_id="DescribeXcdnRefreshTaskById",
    list="DescribeXcdnRefreshTasks",
    quota="DescribeXcdnRefreshQuota",
    preload_task_id="PreloadTaskId",
)


def works(folder: Path) -> None:
    """Refresh objects of both products, and check what each product got."""
    with a_world(folder) as world, Cdn(world.clock, ["dl.example.com"], keys=world.keys, product=XCDN) as xcdn:
        world.environ["XCDN_ENDPOINT"] = xcdn.url
        world.configure(*SITES, confirm={}, limits={"xcdn": {"urls_per_call": 100}})
        world.invoke(event(record("a.jpg"), record("game.zip", bucket="my-downloads")))
        assert world.cdn.accepted == {("File", url("a.jpg"))}
        assert xcdn.accepted == {("File", DOWNLOAD)}
        come_back(world)
        confirmed = {line["product"]: line["items"] for line in world.lines if line["event"] == "confirmed"}
        assert confirmed == {"cdn": 1, "xcdn": 1}
        assert world.line("preloaded")["product"] == "xcdn"
        world.invoke(from_the_queue(*(record(f"{number}.zip", bucket="my-downloads") for number in range(150))))
        asked = [call.action for call in xcdn.calls[-3:]]
        assert asked == ["DescribeXcdnRefreshQuota", "RefreshXcdnObjectCaches", "RefreshXcdnObjectCaches"]


if __name__ == "__main__":
    logging.getLogger("oss_cdn_refresh").propagate = False
    works(Path(sys.argv[1]))
