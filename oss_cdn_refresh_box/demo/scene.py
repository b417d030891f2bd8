"""What every step of the demo needs: the cloud, the output, the bucket, the evidence, and visitors of the site."""

from collections.abc import Iterable
from typing import Any

from oss_cdn_refresh_box.cdn import Call
from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.demo.evidence import Evidence
from oss_cdn_refresh_box.demo.stage import Column, Seen, Stage

REFRESHES = "RefreshObjectCaches", "PurgeCaches"
OLD, NEW = "yellow", "green"


class Scene:
    """The cloud, the output and the evidence; each step continues where the one before has ended."""

    def __init__(self, cloud: Cloud, stage: Stage, bucket: Any) -> None:
        self.cloud = cloud
        self.stage = stage
        self.bucket = bucket
        self.evidence = Evidence(cloud)

    def settle(self, pages: list[str], before: str, after: str) -> tuple[dict[str, Seen], dict[str, Seen]]:
        """Visit pages before and after the events under way, and print both."""
        old = self.see(pages)
        self.cloud.settle()
        new = self.see(pages)
        self.stage.visits(Column(before, OLD, old), Column(after, NEW, new))
        return old, new

    def see(self, pages: Iterable[str]) -> dict[str, Seen]:
        """What visitors are served now."""
        answers = {url: self.cloud.visit(url) for url in pages}
        return {url: Seen(answer.headers["X-Cache"], answer.body.decode()) for url, answer in answers.items()}


def served(cache: str, pages: Iterable[str], bodies: Iterable[str]) -> dict[str, Seen]:
    """What visitors of pages are served."""
    return {url: Seen(cache, body) for url, body in zip(pages, bodies, strict=False)}


def submitted(calls: Iterable[Call]) -> list[list[str]]:
    """The URLs of each refresh call that a product accepted."""
    return [list(call.urls) for call in calls if call.accepted and call.action in REFRESHES]
