"""Both pages about changes without an event: each command runs, and refreshes the objects that the page names."""

import json
import re
import shlex
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import Result
from command import run

from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh_box.cloud import ACCOUNT, OWNER, Cloud
from oss_cdn_refresh_box.demo.clients import bucket

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)
DOCS = Path(__file__).parents[2] / "docs"
PAGES = "".join((DOCS / name).read_text(encoding="utf-8") for name in ("no-event.md", "no-event.zh-CN.md"))
CALLS = list(
    dict.fromkeys(re.findall(r"(?:^|`)oss-cdn-refresh ((?:refresh|audit|invoke) [^`\n]+)", PAGES, re.MULTILINE))
)
(FORCE,) = set(re.findall(r"```json\n(.*?)```", PAGES, re.DOTALL))
WWW = "http://www.example.com"
CONFIG = {"sites": [{"bucket": "my-site", "domains": ["www.example.com"], "scheme": "http", "variants": ["!thumb"]}]}
GONE = "tmp/a.txt"
KEYS = ("private/a.pdf", "img/a.jpg", "img/secret.jpg", "latest.zip", "archive/a.zip", GONE)
LATER = 3_600.0  # seconds: longer than the audit's grace


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """Objects in the caches of visitors' requests, at the time of this machine's clock, with which the SDKs sign."""
    with Cloud(CONFIG) as cloud:
        cloud.clock.advance(time.time() - cloud.clock.now())
        cloud.oss.stock("my-site", dict.fromkeys(KEYS, b"old"))
        for key in KEYS:
            cloud.visit(f"{WWW}/{key}")
        yield cloud


def call(cloud: Cloud, words: str, folder: Path) -> Result:
    """Run a command of the page in a folder with its files; the site has the scheme http here."""
    (folder / "keys.txt").write_text(f"oss://my-site/{GONE}\n", encoding="utf-8")
    (folder / "force.json").write_text(FORCE.replace("https:", "http:"), encoding="utf-8")
    (folder / "config.yml").write_text(json.dumps(CONFIG), encoding="utf-8")
    environ = {
        "CDN_ENDPOINT": cloud.cdn.url,
        "SMQ_ENDPOINT": cloud.smq.url,
        "OSS_ENDPOINT": cloud.oss.url,
        "FUNCTION_COMPUTE_ENDPOINT": cloud.api.url,
        "ALIBABA_CLOUD_ACCOUNT_ID": ACCOUNT,
        "ALIBABA_CLOUD_REGION_ID": "cn-hangzhou",
        "BACKLOG_QUEUE": "oss-cdn-refresh-backlog",
        "DEAD_LETTER_QUEUE": "oss-cdn-refresh-dead-letters",
        "REFRESH_CONFIG": str(folder / "config.yml"),
        "XDG_STATE_HOME": str(folder),
    }
    split = [
        str(folder / word) if (folder / word).is_file() else word.replace("https:", "http:")
        for word in shlex.split(words)
    ]
    if split[0] == "audit":
        split += ["--connect-to", urlsplit(cloud.edge.url).netloc]
    result = run(*split, environ=environ, clock=cloud.clock, credentials=lambda: Credentials(*OWNER))
    for _ in range(3):  # what goes through the backlog comes back with the queue trigger
        cloud.clock.advance(60)
        cloud.settle()
    return result


def refreshed(cloud: Cloud) -> set[tuple[str, str]]:
    return {(object_type, url.removeprefix(WWW)) for object_type, url in cloud.cdn.accepted}


@pytest.mark.parametrize("words", [words for words in CALLS if not words.startswith("audit")])
def test_a_command_of_the_page_refreshes_something(cloud: Cloud, words: str, tmp_path: Path) -> None:
    result = call(cloud, words, tmp_path)
    assert (result.exit_code, bool(cloud.cdn.accepted)) == (0, True)


def test_an_object_that_is_made_private_is_refreshed_with_its_variants(cloud: Cloud, tmp_path: Path) -> None:
    call(cloud, "refresh oss://my-site/img/secret.jpg --now", tmp_path)
    assert refreshed(cloud) == {("File", "/img/secret.jpg"), ("File", "/img/secret.jpg!thumb")}


def test_a_symbolic_link_is_refreshed_when_its_target_changed(cloud: Cloud, tmp_path: Path) -> None:
    with bucket(cloud, "my-site") as opened:
        opened.put_symlink(GONE, "link.zip")
        cloud.settle()
        cloud.cdn.calls.clear()
        opened.put_object(GONE, b"new")
    cloud.settle()
    assert not {path for _, path in refreshed(cloud)} & {"/link.zip"}
    call(cloud, "refresh oss://my-site/link.zip", tmp_path)
    assert ("File", "/link.zip") in refreshed(cloud)


def test_objects_that_a_lifecycle_rule_deleted_are_found_and_repaired(cloud: Cloud, tmp_path: Path) -> None:
    del cloud.oss._buckets["my-site"].objects[GONE]  # noqa: SLF001 - without an event, as a rule does it
    cloud.clock.advance(LATER)
    result = call(cloud, "audit --keys keys.txt --repair", tmp_path)
    assert (result.exit_code, refreshed(cloud)) == (0, {("File", f"/{GONE}")})


def test_objects_with_new_headers_are_found_and_repaired(cloud: Cloud, tmp_path: Path) -> None:
    cloud.clock.advance(LATER)
    cloud.oss.stock("my-site", {"img/a.jpg": b"old"})
    cloud.clock.advance(LATER)
    result = call(cloud, "audit oss://my-site/img/ --repair", tmp_path)
    assert (result.exit_code, ("File", "/img/a.jpg") in refreshed(cloud)) == (0, True)


def test_a_directory_with_force_is_deleted_and_not_asked_for(cloud: Cloud, tmp_path: Path) -> None:
    call(cloud, "invoke force.json --wait", tmp_path)
    (made,) = (made for made in cloud.cdn.calls if made.accepted)
    assert (made.object_type, made.force, made.urls) == ("Directory", True, (f"{WWW}/img/",))


def test_every_audit_of_the_page_is_tested() -> None:
    audits = {words for words in CALLS if words.startswith("audit")}
    assert audits == {"audit --keys keys.txt --repair", "audit oss://my-site/img/ --repair"}
