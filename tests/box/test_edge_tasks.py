"""What a visitor sees while tasks run: fresh when they complete, stale when they fail, warm after a preload."""

from collections.abc import Callable, Iterator
from math import inf

import pytest
from cdn_client import Caller

from oss_cdn_refresh_box.cdn import Cdn, Edge, Origin, Script, visit
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.wire.serving import Request, Response, Server

NOON = 1_795_320_000.0
HOST = "a.example"


class Bucket:
    """An origin whose every path has the same content; it writes down what it is asked."""

    def __init__(self) -> None:
        self.content = b"old"
        self.asked: list[str] = []

    def __call__(self, request: Request) -> Response:
        """Answer, and write it down."""
        self.asked.append(request.path.removeprefix("/b"))
        return Response(200, self.content)


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def cdn(clock: Clock) -> Iterator[Cdn]:
    with Cdn(clock, [HOST]) as cdn:
        yield cdn


@pytest.fixture
def edge(bucket: Bucket, clock: Clock, cdn: Cdn) -> Iterator[Edge]:
    with Server(bucket) as server, Edge(clock, {HOST: [Origin(f"{server.url}/b")]}) as edge:
        cdn.tasks.subscribers.append(edge.follow)
        yield edge


@pytest.fixture
def caller(cdn: Cdn, clock: Clock) -> Caller:
    return Caller(cdn, clock)


See = Callable[..., tuple[bytes, str]]


@pytest.fixture
def see(edge: Edge) -> See:
    """What a visitor gets, and whether it was a HIT or a MISS."""

    def see(path: str = "/a") -> tuple[bytes, str]:
        answer = visit(edge.url, f"https://{HOST}{path}")
        return answer.body, answer.headers["X-Cache"]

    return see


@pytest.fixture
def stale(see: See, bucket: Bucket) -> None:
    """The edge has copies that the bucket has not any more."""
    for path in ("/a", "/b"):
        see(path)
    bucket.content = b"new"
    bucket.asked.clear()


def refresh(caller: Caller, *paths: str, object_type: str = "File") -> None:
    assert caller.refresh([f"https://{HOST}{path}" for path in paths], object_type) == ""


def preload(caller: Caller, *paths: str) -> None:
    urls = "\n".join(f"https://{HOST}{path}" for path in paths)
    assert "Code" not in caller.call({"ObjectPath": urls}, action="PushObjectCache")[1]


@pytest.mark.usefixtures("stale")
def test_a_refresh_without_a_script_takes_effect_at_once(caller: Caller, see: See) -> None:
    refresh(caller, "/a")
    assert (see("/a"), see("/b")) == ((b"new", "MISS"), (b"old", "HIT"))


@pytest.mark.usefixtures("stale")
@pytest.mark.parametrize(("object_type", "path"), [("File", "/a"), ("Directory", "/"), ("IgnoreParams", "/a")])
def test_a_scripted_refresh_takes_effect_when_it_completes(
    cdn: Cdn, clock: Clock, caller: Caller, see: See, object_type: str, path: str
) -> None:
    cdn.tasks.script = lambda *_submitted: Script(seconds=100)
    refresh(caller, path, object_type=object_type)
    clock.advance(99)
    assert see() == (b"old", "HIT")
    clock.advance(1)
    assert see() == (b"new", "MISS")


@pytest.mark.usefixtures("stale")
@pytest.mark.parametrize("script", [Script("Failed"), Script("Timeout"), Script("Evaporated"), Script(seconds=inf)])
def test_a_page_stays_stale_when_its_task_does_not_complete(
    cdn: Cdn, clock: Clock, caller: Caller, see: See, script: Script
) -> None:
    cdn.tasks.script = lambda *_submitted: script
    refresh(caller, "/a")
    clock.advance(86_400)
    assert see() == (b"old", "HIT")


@pytest.mark.usefixtures("stale")
def test_tasks_of_one_call_take_effect_each_at_its_own_time(cdn: Cdn, clock: Clock, caller: Caller, see: See) -> None:
    cdn.tasks.script = lambda _object_type, url, _times: Script(seconds=100) if url.endswith("/a") else None
    refresh(caller, "/a", "/b")
    assert (see("/a")[0], see("/b")[0]) == (b"old", b"new")
    clock.advance(100)
    assert see("/a")[0] == b"new"


@pytest.mark.usefixtures("stale")
@pytest.mark.parametrize(("object_type", "path"), [("File", "/a"), ("Directory", "/")])
def test_a_page_goes_stale_again_when_its_task_fails(
    cdn: Cdn, clock: Clock, caller: Caller, see: See, object_type: str, path: str
) -> None:
    cdn.tasks.script = lambda *_submitted: Script("Failed", at_once=True)
    refresh(caller, path, object_type=object_type)
    assert see() == (b"new", "MISS")
    clock.advance(359)
    assert see() == (b"new", "HIT")
    clock.advance(1)
    assert see() == (b"old", "HIT")


@pytest.mark.usefixtures("stale")
def test_a_page_is_fresh_when_what_failed_is_submitted_again(cdn: Cdn, clock: Clock, caller: Caller, see: See) -> None:
    cdn.tasks.script = lambda _object_type, _url, times: Script("Failed" if times == 1 else "Complete")
    for page in (b"old", b"new"):
        refresh(caller, "/a")
        clock.advance(360)
        assert see()[0] == page


# Preload


def test_a_page_is_warm_after_a_preload(caller: Caller, see: See, bucket: Bucket) -> None:
    preload(caller, "/a", "/d/?v=1")
    assert bucket.asked == ["/a", "/d/index.html"]
    assert (see("/a"), see("/d/?v=1"), see("/b")) == ((b"old", "HIT"), (b"old", "HIT"), (b"old", "MISS"))


def test_a_scripted_preload_warms_when_it_completes(cdn: Cdn, clock: Clock, caller: Caller, see: See) -> None:
    cdn.tasks.script = lambda *_submitted: Script(seconds=100)
    preload(caller, "/a", "/b")
    assert see("/a") == (b"old", "MISS")
    clock.advance(100)
    assert see("/b") == (b"old", "HIT")


def test_a_preload_that_fails_warms_nothing(cdn: Cdn, clock: Clock, caller: Caller, see: See) -> None:
    cdn.tasks.script = lambda *_submitted: Script("Failed")
    preload(caller, "/a")
    clock.advance(86_400)
    assert see() == (b"old", "MISS")


@pytest.mark.usefixtures("stale")
def test_a_preload_after_the_refresh_completed_brings_the_new_page(
    cdn: Cdn, clock: Clock, caller: Caller, see: See
) -> None:
    cdn.tasks.script = lambda *_submitted: Script(seconds=100)
    refresh(caller, "/a")
    clock.advance(100)
    preload(caller, "/a")
    clock.advance(100)
    assert see() == (b"new", "HIT")


@pytest.mark.usefixtures("stale")
def test_a_preload_before_the_refresh_completes_is_of_no_use(
    cdn: Cdn, clock: Clock, caller: Caller, see: See, bucket: Bucket
) -> None:
    cdn.tasks.script = lambda object_type, *_submitted: Script(seconds=100 if object_type == "File" else 50)
    refresh(caller, "/a")
    preload(caller, "/a")
    clock.advance(200)
    assert (see(), bucket.asked) == ((b"new", "MISS"), ["/a"])
    assert see() == (b"new", "HIT")


@pytest.mark.usefixtures("stale")
def test_a_preload_of_a_page_that_the_edge_has_asks_nothing(caller: Caller, see: See, bucket: Bucket) -> None:
    preload(caller, "/a")
    assert (see(), bucket.asked) == ((b"old", "HIT"), [])


def test_what_was_wanted_before_a_refresh_is_not_fetched_after_it(
    cdn: Cdn, clock: Clock, caller: Caller, see: See
) -> None:
    """The copy that such a preload brought would have been the refreshed one."""
    cdn.tasks.script = lambda object_type, *_submitted: Script(seconds=100 if object_type == "File" else 50)
    refresh(caller, "/a")
    preload(caller, "/a")
    clock.advance(200)
    assert see() == (b"old", "MISS")
