"""`wait` asks the edge until it serves what the bucket holds."""

import pytest
from audited import Audited, http
from waited import Waited

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")  # oss2, on Python 3.12
POLL = 10  # seconds, by default


@pytest.fixture
def late(site: Audited) -> Waited:
    """A site whose refreshes take effect late."""
    return Waited(site)


def test_fresh_objects_are_asked_for_once(late: Waited) -> None:
    late.site.hold({"a.jpg": b"x", "b.jpg": b"x"})
    with late.site.behind() as front:
        document = late.wait("oss://my-site", to=front)
    assert document == {"fresh": 2, "stale": [], "unreachable": [], "waited_s": 0, "exit": 0}
    assert len(late.site.asked) == 2


@pytest.mark.parametrize("seconds", [3, 47, 200, 891])
def test_it_returns_within_one_poll_of_the_moment_when_the_last_object_is_fresh(late: Waited, seconds: float) -> None:
    late.change({"a.jpg": b"old", "b.jpg": b"old"}, {"a.jpg": b"new", "b.jpg": b"new"})
    late.refresh({"a.jpg": 1, "b.jpg": seconds})
    document = late.wait("oss://my-site")
    assert (document["fresh"], document["stale"], document["exit"]) == (2, [], 0)
    assert seconds <= document["waited_s"] <= seconds + POLL


def test_an_object_that_stays_stale_is_named(late: Waited) -> None:
    late.change({"a.jpg": b"old", "b.jpg": b"x"}, {"a.jpg": b"new"})
    document = late.wait("oss://my-site", "--within", "60")
    assert document == {"fresh": 1, "stale": [http("a.jpg")], "unreachable": [], "waited_s": 60, "exit": 1}


def test_an_edge_that_cannot_be_reached_exits_with_2(late: Waited) -> None:
    late.site.hold({"a.jpg": b"x"})
    document = late.wait("oss://my-site", "--within", "60", to="127.0.0.1:1")
    assert document == {"fresh": 0, "stale": [], "unreachable": [http("a.jpg")], "waited_s": 60, "exit": 2}
