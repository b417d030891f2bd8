"""Makes the library write every kind of log line: each function here makes it write some of them."""

import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from world import SITE, World, always, backlog_record, event, from_the_queue, is_refresh, objects, record, url, wherever

from oss_cdn_refresh.model.errors import Unaccounted
from oss_cdn_refresh_box.cdn import Quota, Script
from oss_cdn_refresh_box.dcdn import Dcdn
from oss_cdn_refresh_box.esa import Esa, Site
from oss_cdn_refresh_box.esa import Quota as SiteQuota
from oss_cdn_refresh_box.oss import Oss
from oss_cdn_refresh_box.wire.faults import Faults, Refusal

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "invalid escape sequence")  # from docstrings of oss2, when Python compiles it
    import oss2

QUOTA = Refusal(400, "QuotaExceeded.Refresh")
WHERE = "oss://settings/refresh/config.yml"
SITE_ID = 1_234_567_890_123  # of ESA
ON_ESA = {**SITE, "product": "esa", "esa_site_id": SITE_ID}


def refreshed(world: World) -> None:
    world.invoke(event(record("index.html"), record("a.jpg", "ObjectCreated:UploadPart"), record("b", bucket="other")))


def nothing_to_do(world: World) -> None:
    world.invoke([])


def an_unknown_event(world: World) -> None:
    world.invoke(event(record(event="ObjectCreated:Teleported")))


def an_unknown_log_level(world: World) -> None:
    world.environ["LOG_LEVEL"] = "loud"
    world.invoke([])


def throttled(world: World) -> None:
    _throttle(world)
    world.invoke(event(record("a.jpg")))


def throttled_without_a_time(world: World) -> None:
    _throttle(world)
    world.invoke(backlog_record(url("old.jpg"), changed_at=None))


def batched(world: World) -> None:
    world.environ["DELIVERY"] = "batched"
    world.invoke(event(record("a.jpg")))


def more_than_a_minute_holds(world: World) -> None:
    world.configure(SITE, limits={"urls_per_minute_per_domain": 2})
    world.invoke(objects(5))


def a_bad_item(world: World) -> None:
    world.cdn.faults = wherever("bad", Refusal(400, "ObjectPath.Malformed"))
    world.invoke(event(record("bad.jpg"), record("good.jpg")))


def a_call_that_is_wrong_as_a_whole(world: World) -> None:
    world.cdn.faults = always(Refusal(400, "InvalidParameter", "Force"))
    world.invoke(event(record("a.jpg")))


def the_account_refused(world: World) -> None:
    world.cdn.faults = always(Refusal(403, "InsufficientBalance", "The account has overdue payments."))
    world.invoke(event(record("a.jpg")))


def a_foreign_item(world: World) -> None:
    world.invoke([backlog_record("https://elsewhere.example.com/"), backlog_record("ftp://www.example.com/a", x=1)])


def a_directory(world: World) -> None:
    world.invoke(backlog_record(url("docs/"), object_type="Directory"))


def all_queries(world: World) -> None:
    world.configure({**SITE, "query": "ignore"})
    world.invoke(event(record("a.jpg")))


def the_quota_used_up(world: World) -> None:
    world.cdn.faults = always(QUOTA)
    world.invoke(event(record("a.jpg")))


def the_quota_unknown(world: World) -> None:
    world.cdn.faults = Faults(rule=lambda request: QUOTA if is_refresh(request) else Refusal(403, "NoPermission"))
    world.invoke(event(record("a.jpg")))


def unreadable(world: World) -> None:
    world.invoke(b'{"neither": "fish", "nor": "fowl"}')


def too_long_to_read(world: World) -> None:
    world.invoke(json.dumps({"neither": "x" * 100_000}).encode())


def no_backlog(world: World) -> None:
    world.environ["BACKLOG_QUEUE"] = "nowhere"
    _throttle(world)
    _unaccounted(world, event(record("a.jpg")))


def no_dead_letters(world: World) -> None:
    world.environ["DEAD_LETTER_QUEUE"] = "nowhere"
    _unaccounted(world, b"neither fish nor fowl")


def a_broken_configuration_in_oss(world: World) -> None:
    with Oss(world.clock, ["settings"], keys=world.keys) as oss:
        session = oss2.Session()
        bucket = oss2.Bucket(oss2.Auth("AK", "SECRET"), oss.url, "settings", session=session)
        world.environ |= {"REFRESH_CONFIG": WHERE, "OSS_ENDPOINT": oss.url}
        bucket.put_object("refresh/config.yml", json.dumps({"sites": [SITE]}))
        world.invoke([])
        bucket.put_object("refresh/config.yml", "sites: none")
        world.clock.advance(61)
        world.invoke([])
        session.session.close()


def the_quota_will_not_last(world: World) -> None:
    """250 objects at the root of the domain, which no directory may replace."""
    world.cdn.quota = Quota(urls=100)
    world.invoke(from_the_queue(*(record(f"{number}.jpg") for number in range(250))))


def directories_stand_for_urls(world: World) -> None:
    world.configure(SITE, collapse={"inventory": "nowhere.json"})
    world.cdn.quota = Quota(urls=100)
    world.invoke(from_the_queue(*(record(f"img/{number}.jpg") for number in range(250))))


def confirmed(world: World) -> None:
    _accepted(world)
    come_back(world)


def preloaded(world: World) -> None:
    world.configure({**SITE, "preload": ["*.jpg"]}, confirm={})
    world.cdn.quota = Quota(preloads=1)
    world.invoke(event(record("a.jpg"), record("b.jpg")))
    come_back(world)


def a_task_failed(world: World) -> None:
    world.cdn.tasks.script = lambda *_: Script("Failed", description="Origin Timeout")
    _accepted(world)
    come_back(world)


def never_confirmed(world: World) -> None:
    world.cdn.tasks.script = lambda *_: Script("Complete", seconds=9e9)
    _accepted(world)
    come_back(world, 3_600)


def a_look_up_refused(world: World) -> None:
    world.cdn.tasks.script = lambda *_: Script(is_refused=True)
    _accepted(world)
    come_back(world)


def confirmation_forbidden(world: World) -> None:
    world.cdn.denied.add("DescribeRefreshTaskById")
    _accepted(world)
    come_back(world)


def a_confirmation_that_is_not_stored(world: World) -> None:
    world.environ["BACKLOG_QUEUE"] = "nowhere"
    _accepted(world)


def dcdn_refreshes(world: World) -> None:
    with Dcdn(world.clock, ["www.example.com"], keys=world.keys) as dcdn:
        world.environ["DCDN_ENDPOINT"] = dcdn.url
        world.configure({**SITE, "product": "dcdn"})
        world.invoke(event(record("a.jpg")))


def esa_confirms_and_preloads(world: World) -> None:
    with _a_site(world) as esa:
        world.configure({**ON_ESA, "preload": ["*.jpg"]}, confirm={})
        world.invoke(event(record("a.jpg")))
        come_back(world)
        esa.quota[SITE_ID, "preload"] = SiteQuota(0)
        world.invoke(event(record("b.jpg")))
        come_back(world)


def an_esa_task_failed(world: World) -> None:
    with _a_site(world) as esa:
        esa.tasks.script = lambda *_: Script("Failed", description="Origin Timeout")
        world.invoke(event(record("a.jpg")))
        come_back(world)


def esa_tasks_may_not_be_looked_up(world: World) -> None:
    with _a_site(world) as esa:
        esa.denied.add("DescribePurgeTasks")
        world.invoke(event(record("a.jpg")))
        come_back(world)


def esa_refuses(world: World) -> None:
    with _a_site(world) as esa:
        for refusal in (Refusal(400, "InvalidContent"), Refusal(404, "SiteNotFound"), Refusal(400, "AccountBlacklist")):
            esa.faults = Faults(rule=lambda _request, refusal=refusal: refusal)
            world.invoke(event(record("a.jpg")))


def the_quota_of_esa_used_up(world: World) -> None:
    with _a_site(world) as esa:
        esa.quota[SITE_ID, "file"] = SiteQuota(0)
        esa.denied.add("GetPurgeQuota")
        world.invoke(event(record("a.jpg")))


def the_quota_of_esa_is_short(world: World) -> None:
    """A directory replaces the pictures; no directory may replace the objects at the root of the domain."""
    with _a_site(world) as esa:
        world.configure(ON_ESA, collapse={"inventory": "nowhere.json"})
        esa.quota[SITE_ID, "file"] = SiteQuota(100)
        places = [f"{folder}{number}.jpg" for folder in ("img/", "") for number in range(150)]
        world.invoke(from_the_queue(*map(record, places)))


EVERY: tuple[Callable[[World], None], ...] = (
    refreshed,
    nothing_to_do,
    an_unknown_event,
    an_unknown_log_level,
    throttled,
    throttled_without_a_time,
    batched,
    more_than_a_minute_holds,
    a_bad_item,
    a_call_that_is_wrong_as_a_whole,
    the_account_refused,
    a_foreign_item,
    a_directory,
    all_queries,
    the_quota_used_up,
    the_quota_unknown,
    unreadable,
    too_long_to_read,
    no_backlog,
    no_dead_letters,
    a_broken_configuration_in_oss,
    the_quota_will_not_last,
    directories_stand_for_urls,
    confirmed,
    preloaded,
    a_task_failed,
    never_confirmed,
    a_look_up_refused,
    confirmation_forbidden,
    a_confirmation_that_is_not_stored,
    dcdn_refreshes,
    esa_confirms_and_preloads,
    an_esa_task_failed,
    esa_tasks_may_not_be_looked_up,
    esa_refuses,
    the_quota_of_esa_used_up,
    the_quota_of_esa_is_short,
)


@contextmanager
def _a_site(world: World) -> Iterator[Esa]:
    """A site of ESA, whose URLs are confirmed."""
    with Esa(world.clock, {SITE_ID: Site("example.com", records={"www.example.com": True})}, keys=world.keys) as esa:
        world.environ["ESA_ENDPOINT"] = esa.url
        world.configure(ON_ESA, confirm={})
        yield esa


def _accepted(world: World) -> None:
    world.configure(SITE, confirm={})
    world.invoke(event(record("a.jpg")))


def come_back(world: World, seconds: float = 360.0) -> None:
    """Let time pass, and give everything of the backlog that is due then to the function."""
    world.clock.advance(seconds)
    queue = world.smq.queue("backlog")
    received = queue.receive(10_000)
    for message in received:
        queue.delete(message.receipt)
    world.invoke([{"messageBody": message.body} for message in received])


def _throttle(world: World) -> None:
    world.jitter = lambda _low, high: high
    world.cdn.faults = always(Refusal(503, "Throttling.User"))


def _unaccounted(world: World, raw: bytes) -> None:
    try:
        world.invoke(raw)
    except Unaccounted:
        return
    raise AssertionError("everything was accounted for")
