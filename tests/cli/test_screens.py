"""Every table of every command in terminals of 80, 100 and 160 columns."""

import json
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from audited import Audited
from cloned import Clone
from command import run
from explained import a_world_to_explain
from given_up import dead_letter, give_up, unreadable
from healthy import a_healthy_account
from screen import WIDTHS, matches, screens, too_wide
from three import SITE_ID, Three, three_products
from world import World, backlog_record, event, record

from oss_cdn_refresh_box.cdn.ledger import QUOTA
from oss_cdn_refresh_box.cdn.tasks import Script
from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.esa import Quota as EsaQuota
from oss_cdn_refresh_box.smq import QueueAttributes
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Response

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)
LONG_URL = "https://downloads.static.example.com/releases/2026/11/product-images/full-size/blue-bicycle-front-3840.jpg"
CHINESE_KEY = "产品图片/二〇二六年十一月/蓝色自行车正面高清大图.jpg"
LONG_REASON = "InvalidDomain.OfflineOrNotBelongToTheAccountOfTheCaller"
REASONS = ("Throttling.User", LONG_REASON, "UnreadableEvent")
IDS = [f"5F290C926D472878214D9529A8FA20000000{number}" for number in range(4)]  # as long as SMQ's
TIMES = ("22 Nov 11:04, 56 min ago", "20 Nov 07:30, 2 d ago")

Shown = Callable[..., dict[int, str]]


@pytest.fixture
def shown(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shown:
    """The screens of a command, which runs once for each width."""
    monkeypatch.chdir(tmp_path)

    def call(*words: str, environ: dict[str, str] = world.environ, **more: Any) -> dict[int, str]:
        clock = more.pop("clock", world.clock)

        def once() -> str:
            clock.advance(1)  # so that no run is throttled because of the one before it
            return run(*words, environ=environ, clock=clock, **more).output

        return screens(once, monkeypatch)

    return call


@pytest.fixture
def given_up(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Dead letters with long ids, a long reason, a long URL, a Chinese key and a Chinese payload."""
    number = count()
    monkeypatch.setattr(world.smq.queue("dead-letters"), "_next_id", lambda: IDS[next(number)])
    notification = event(record(CHINESE_KEY)).decode()
    early = {"failed_at": "2026-11-19T23:30:00Z"}
    give_up(
        world,
        dead_letter(LONG_URL, f"{LONG_URL}?x-oss-process=style/thumb", reason=LONG_REASON),
        dead_letter("https://www.example.com/a.jpg", **early),
        unreadable("这条记录不是一个可以理解的事件，因为里面没有存储空间，也没有对象的名称。"),
        notification,
    )
    return world


@pytest.mark.usefixtures("given_up")
def test_the_list_of_dead_letters(shown: Shown) -> None:
    assert matches("dead-letters-list", shown("dead-letters", "list"))


@pytest.mark.usefixtures("given_up")
@pytest.mark.parametrize("whole", [*IDS, *REASONS, *TIMES])
def test_no_id_no_reason_and_no_time_of_a_dead_letter_is_cut(shown: Shown, whole: str) -> None:
    found = shown("dead-letters", "list")
    assert {
        width: any(whole in line for line in screen.splitlines()) for width, screen in found.items()
    } == dict.fromkeys(WIDTHS, True)


@pytest.mark.usefixtures("given_up")
def test_one_dead_letter(shown: Shown) -> None:
    assert matches("dead-letters-show", shown("dead-letters", "show", IDS[0]))


@pytest.mark.usefixtures("given_up")
@pytest.mark.parametrize("words", [("redrive", "--dry-run"), ("drop",)], ids=lambda words: words[0])
def test_the_reasons_of_chosen_dead_letters(shown: Shown, words: tuple[str, ...]) -> None:
    assert matches(f"dead-letters-{words[0]}", shown("dead-letters", *words))


def test_the_backlog(world: World, shown: Shown) -> None:
    queue = world.smq.queue("backlog")
    queue.attributes = QueueAttributes(message_retention_period=604_800)
    for body in (
        backlog_record(LONG_URL, f"{LONG_URL}!thumb", reason=LONG_REASON),
        backlog_record("https://www.example.com/a.jpg", first_seen="2026-11-15T04:30:00Z"),
        {"events": [record(CHINESE_KEY)]},
    ):
        queue.send(json.dumps(body), 0)
    found = shown("backlog")
    assert (matches("backlog", found), too_wide(found)) == (True, [])


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Three]:
    folder = tmp_path / "three"
    folder.mkdir()
    with three_products(folder) as found:
        yield found


def test_the_quotas(three: Three, shown: Shown) -> None:
    three.world.cdn.quota = QUOTA._replace(urls=1_000_000)
    three.esa.quota[SITE_ID, "file"] = EsaQuota(0)
    found = shown("quota", environ=three.world.environ)
    assert (matches("quota", found), too_wide(found)) == (True, [])


def test_the_cost_of_a_refresh(three: Three, shown: Shown) -> None:
    keys = "".join(f"my-site/{key}\n" for key in (CHINESE_KEY, "a" * 300 + ".jpg", *map(str, range(20))))
    found = shown("refresh", "--dry-run", "--keys", "-", environ=three.world.environ, stdin=keys)
    assert (matches("refresh-dry-run", found), too_wide(found)) == (True, [])


def test_a_refresh_that_is_refused(world: World, shown: Shown) -> None:
    world.cdn.faults = Faults(rule=lambda _request: Refusal(400, LONG_REASON))
    found = shown("refresh", "--now", "--keys", "-", stdin="my-site/a.jpg\n")
    assert (matches("refresh-refused", found), too_wide(found)) == (True, [])


@pytest.mark.parametrize(
    ("name", "words", "collapse"),
    [
        ("plan", ("--urls-left", "5", "--directories-left", "0"), {}),
        ("plan-directories", ("--urls-left", "5"), {}),
        ("plan-collateral", ("--urls-left", "5"), {"max_collateral": 1_000}),
        ("plan-never", ("--urls-left", "5"), {"mode": "never"}),
    ],
    ids=["plan", "plan-directories", "plan-collateral", "plan-never"],
)
def test_a_plan(world: World, shown: Shown, name: str, words: tuple[str, ...], collapse: dict[str, Any]) -> None:
    world.configure({"bucket": "my-site", "domains": ["www.example.com"]}, collapse=collapse)
    folder = "a-directory-with-a-long-name/" * 4
    keys = "".join(f"my-site/{folder}{key}\n" for key in (CHINESE_KEY, *map(str, range(1_200))))
    found = shown("plan", "--keys", "-", *words, stdin=keys)
    assert (matches(name, found), too_wide(found)) == (True, [])


def test_the_sites_of_a_configuration(three: Three, shown: Shown) -> None:
    three.world.configure(
        {
            "bucket": "my-bucket-with-the-longest-name-that-oss-allows-for-a-bucket-63",
            "prefix": "网站/公开/",
            "path": "/a/long/path/below/which/all/objects/of/this/site/are/served/",
            "domains": ["www.example.com", "downloads.static.example.com", "images.static.example.com"],
        },
        {"bucket": "my-app", "domains": ["app.example.org"], "product": "esa", "esa_site_id": 123456789012345},
    )
    found = shown("validate", "--refresh-config", "three/config.yml", environ=three.world.environ)
    tables = {width: screen.partition("\n\n")[0] for width, screen in found.items()}  # below is the file's path
    assert (matches("validate", tables), too_wide(tables)) == (True, [])


def test_the_urls_of_an_object(shown: Shown) -> None:
    found = shown("validate", "--key", f"my-site/{CHINESE_KEY}", "--key", "my-site/docs (1)/index.html")
    assert (matches("validate-key", found), too_wide(found)) == (True, [])


def test_an_audit(site: Audited, shown: Shown) -> None:
    keys = ["a.jpg", CHINESE_KEY, f"{'a-directory-with-a-long-name/' * 5}a.jpg"]
    site.hold(dict.fromkeys(keys, b"one"))
    site.visit(*keys[:1], *map(quote, keys[1:]))
    site.hold(dict.fromkeys(keys, b"two"))
    found = shown("audit", "oss://my-site/", "--connect-to", site.address, environ=site.world.environ)
    assert (matches("audit", found), too_wide(found)) == (True, [])


def test_an_audit_without_an_answer(site: Audited, shown: Shown) -> None:
    keys = ["a.jpg", CHINESE_KEY]
    site.hold(dict.fromkeys(keys, b"one"))
    with site.behind(lambda _request: Response(503, b"")) as address:
        found = shown("audit", "oss://my-site/", "--connect-to", address, environ=site.world.environ)
    assert (matches("audit-not-compared", found), too_wide(found)) == (True, [])


def test_a_wait_that_ends_too_early(site: Audited, shown: Shown) -> None:
    keys = ["a.jpg", CHINESE_KEY, f"{'a-directory-with-a-long-name/' * 5}a.jpg"]
    site.hold(dict.fromkeys(keys, b"one"))
    site.visit(*keys[:1], *map(quote, keys[1:]))
    site.hold(dict.fromkeys(keys, b"two"))
    words = ("wait", "oss://my-site/", "--within", "5", "--every", "5", "--connect-to", site.address)
    found = shown(*words, environ=site.world.environ)
    assert (matches("wait", found), too_wide(found)) == (True, [])


def test_the_tasks(three: Three, shown: Shown) -> None:
    three.world.cdn.tasks.script = lambda *_: Script("Failed", description="Origin Timeout")
    three.world.invoke(event(record("a.jpg"), record(f"{'a-directory-with-a-long-name/' * 5}{CHINESE_KEY}")))
    three.world.clock.advance(400)
    found = shown("tasks", environ=three.world.environ, clock=three.world.clock)
    assert (matches("tasks", found), too_wide(found)) == (True, [])


def test_the_reason_why_a_url_is_old(shown: Shown, tmp_path: Path) -> None:
    folder = tmp_path / "explained"
    folder.mkdir()
    with a_world_to_explain(folder) as world:
        world.script("cdn", "Failed", description="Origin Timeout")
        key = f"{'a-directory-with-a-long-name/' * 4}{CHINESE_KEY}"
        stale = world.stale("cdn", quote(key), key)
        world.event(key)
        world.world.clock.advance(600)
        words = ("explain", stale, "--connect-to", urlsplit(world.edge.url).netloc)
        found = shown(*words, environ=world.world.environ, clock=world.world.clock)
    tables = {width: screen.split("\n\n")[2] + "\n" for width, screen in found.items()}
    assert (matches("explain", found), too_wide(tables)) == (True, [])


def test_the_settings_of_a_clone(shown: Shown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clone = Clone(tmp_path / "clone")
    clone.dotenv({"REFRESH_BACKLOG_QUEUE": "backlog-of-the-site-with-a-name-as-long-as-queues-may-have-it"})
    monkeypatch.chdir(clone.folder)
    config = f"/home/me/{'a-directory-with-a-long-name/' * 4}config.yml"
    found = shown("settings", environ={"ALIBABA_CLOUD_ACCOUNT_ID": "1234567890123456", "REFRESH_CONFIG": config})
    assert (matches("settings", found), too_wide(found)) == (True, [])


def test_the_reasons_of_a_log(shown: Shown) -> None:
    fields = {"event": "unaccounted", "object_type": "File", "reason": LONG_REASON}
    log = "".join(json.dumps({**fields, "url": f"{LONG_URL}?{number}"}) + "\n" for number in range(1_200))
    found = shown("dead-letters", "redrive", "--from-logs", "-", "--dry-run", stdin=log)
    assert (matches("dead-letters-from-logs", found), too_wide(found)) == (True, [])


def test_an_inventory(shown: Shown, tmp_path: Path) -> None:
    (tmp_path / "list").write_text("".join(f"oss://my-site/{number // 9}/{number}\n" for number in range(12_000)))
    found = shown("inventory", "--from", "list", "-o", "inventory.json")
    assert (matches("inventory", found), too_wide(found)) == (True, [])


@pytest.mark.parametrize("words", [("--wait",), ()], ids=["wait", "async"])
def test_invocations(shown: Shown, tmp_path: Path, words: tuple[str, ...]) -> None:
    names = ["put.json", f"{'a-directory-with-a-long-name/' * 4}{CHINESE_KEY}.json"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(event(record("a.jpg")))
    with Cloud({"sites": [{"bucket": "my-site", "domains": ["www.example.com"]}]}) as cloud:
        cloud.clock.advance(time.time() - cloud.clock.now())  # the SDK signs with this machine's clock
        environ = {"FUNCTION_COMPUTE_ENDPOINT": cloud.api.url}
        found = shown("invoke", *words, *names, environ=environ, clock=cloud.clock)
    assert (matches(f"invoke-{'wait' if words else 'async'}", found), too_wide(found)) == (True, [])


def test_the_findings_of_doctor(shown: Shown, tmp_path: Path) -> None:
    folder = tmp_path / "healthy"
    folder.mkdir()
    with a_healthy_account(folder) as account:
        account.function.concurrency = 5
        found = shown("doctor", environ=account.environ, clock=account.machine, credentials=lambda: account.credentials)
    assert (matches("doctor", found), too_wide(found)) == (True, [])
