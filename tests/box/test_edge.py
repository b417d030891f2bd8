"""The edge serves what it once fetched until a refresh reaches it, and a refresh reaches exactly what the CDN says."""

from collections.abc import Callable, Iterator
from hashlib import md5
from urllib.parse import unquote

import pytest
from cdn_client import NOON, Caller

from oss_cdn_refresh_box.cdn import Cdn, Edge, Origin, visit
from oss_cdn_refresh_box.cdn.edge import fetch
from oss_cdn_refresh_box.cdn.refresh import Refresh
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.wire.serving import Request, Response, Server

HOST = "www.example.com"
DELAY = 300


class Bucket:
    """The smallest origin: objects by path, conditional requests, image styles; it writes down what it is asked."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.types: dict[str, str] = {}
        self.asked: list[tuple[str, int]] = []

    def __call__(self, request: Request) -> Response:
        """Answer, and write it down."""
        answer = self._answer(request)
        self.asked.append((request.path, answer.status))
        return answer

    def _answer(self, request: Request) -> Response:
        key, is_thumb, _ = unquote(request.path).partition("!thumb")
        if key not in self.objects:
            return Response(404, b"NoSuchKey")
        body = self.objects[key]
        headers = {
            "ETag": f'"{md5(body).hexdigest()}"',  # noqa: S324 - what an ETag is
            "Last-Modified": "Sun, 22 Nov 2026 00:00:00 GMT",
            "Content-Type": self.types.get(key, "text/html"),
        }
        if request.headers["If-None-Match"] == headers["ETag"]:
            return Response(304, headers=headers)
        process = "style/thumb" if is_thumb else request.parameters.get("x-oss-process")
        return Response(200, process.encode() + b" of " + body if process else body, headers)


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def edge(bucket: Bucket, clock: Clock) -> Iterator[Edge]:
    with Server(bucket) as server:
        origin = Origin(f"{server.url}/b")
        with Edge(clock, {HOST: [origin]}) as edge:
            yield edge


Get = Callable[[str], bytes]


@pytest.fixture
def get(edge: Edge) -> Get:
    return lambda path: visit(edge.url, f"https://{HOST}{path}").body


def urls(*paths: str) -> tuple[str, ...]:
    return tuple(f"https://{HOST}{path}" for path in paths)


def test_a_changed_object_stays_stale_until_its_file_is_refreshed(edge: Edge, bucket: Bucket, get: Get) -> None:
    bucket.objects["/b/a.html"] = b"old"
    get("/a.html")
    bucket.objects["/b/a.html"] = b"new"
    assert get("/a.html") == b"old"
    edge.refresh(Refresh("File", force=False, urls=urls("/a.html")))
    assert get("/a.html") == b"new"


def test_an_answer_says_whether_it_came_from_the_cache(edge: Edge, bucket: Bucket) -> None:
    bucket.objects["/b/a.html"] = b"body"
    first, second = (visit(edge.url, f"https://{HOST}/a.html") for _ in range(2))
    assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("MISS", "HIT")
    assert second.headers["ETag"] == f'"{md5(b"body").hexdigest()}"'  # noqa: S324 - what an ETag is
    assert second.headers["Last-Modified"]


def test_an_object_that_was_not_there_stays_missing_until_refreshed(edge: Edge, bucket: Bucket, get: Get) -> None:
    assert visit(edge.url, f"https://{HOST}/a.html").status == 404
    bucket.objects["/b/a.html"] = b"new"
    assert visit(edge.url, f"https://{HOST}/a.html").status == 404
    edge.refresh(Refresh("File", force=False, urls=urls("/a.html")))
    assert get("/a.html") == b"new"


def test_a_deleted_object_stays_alive_until_refreshed(edge: Edge, bucket: Bucket, get: Get) -> None:
    bucket.objects["/b/a.html"] = b"old"
    get("/a.html")
    del bucket.objects["/b/a.html"]
    assert get("/a.html") == b"old"
    edge.refresh(Refresh("File", force=False, urls=urls("/a.html")))
    assert visit(edge.url, f"https://{HOST}/a.html").status == 404


def test_each_url_of_an_index_page_is_an_entry_of_its_own(edge: Edge, bucket: Bucket, get: Get) -> None:
    """`/d`, `/d/` and `/d/index.html` show one object and go stale each for itself; so do `/` and `/index.html`."""
    bucket.objects |= {"/b/index.html": b"old", "/b/d/index.html": b"old"}
    shown = ["/", "/index.html", "/d", "/d/", "/d/index.html"]
    assert [get(path) for path in shown] == [b"old"] * 5
    bucket.objects |= {"/b/index.html": b"new", "/b/d/index.html": b"new"}
    edge.refresh(Refresh("File", force=False, urls=urls("/index.html", "/d/")))
    assert [get(path) for path in shown] == [b"old", b"new", b"old", b"new", b"old"]


def test_an_index_page_wins_over_the_object_that_marks_its_directory(bucket: Bucket, get: Get) -> None:
    bucket.objects |= {"/b/d/": b"", "/b/d/index.html": b"index"}
    assert get("/d/") == b"index"


def test_every_spelling_of_a_url_is_an_entry_of_its_own(edge: Edge, bucket: Bucket, get: Get) -> None:
    bucket.objects["/b/a+b"] = b"old"
    assert get("/a+b") == get("/a%2Bb") == get("/a%2bb") == b"old"
    bucket.objects["/b/a+b"] = b"new"
    edge.refresh(Refresh("File", force=False, urls=urls("/a%2Bb")))
    assert [get("/a+b"), get("/a%2Bb"), get("/a%2bb")] == [b"old", b"new", b"old"]


def test_a_key_may_hold_anything(bucket: Bucket, get: Get) -> None:
    bucket.objects["/b/中/\n%?#//x"] = b"body"
    assert get("/%E4%B8%AD/%0A%25%3F%23//x") == b"body"


def test_a_path_may_begin_with_two_slashes(bucket: Bucket, get: Get) -> None:
    bucket.objects["/b//x"] = b"body"
    assert get("//x") == b"body"


def test_a_file_refresh_leaves_the_variants_alone(edge: Edge, bucket: Bucket, get: Get) -> None:
    bucket.objects["/b/a.jpg"] = b"old"
    shown = ["/a.jpg", "/a.jpg?v=1", "/a.jpg?x-oss-process=style/thumb", "/a.jpg!thumb"]
    thumb = b"style/thumb of old"
    assert [get(path) for path in shown] == [b"old", b"old", thumb, thumb]
    bucket.objects["/b/a.jpg"] = b"new"
    edge.refresh(Refresh("File", force=False, urls=urls("/a.jpg", "/a.jpg!thumb")))
    assert [get(path) for path in shown] == [b"new", b"old", thumb, b"style/thumb of new"]


def test_ignore_params_reaches_every_query_of_a_url(edge: Edge, bucket: Bucket, get: Get) -> None:
    bucket.objects |= {"/b/a.jpg": b"old", "/b/a.jpg.txt": b"old"}
    shown = ["/a.jpg", "/a.jpg?v=1", "/a.jpg?v=2", "/a.jpg.txt"]
    assert [get(path) for path in shown] == [b"old"] * 4
    bucket.objects |= {"/b/a.jpg": b"new", "/b/a.jpg.txt": b"new"}
    edge.refresh(Refresh("IgnoreParams", force=False, urls=urls("/a.jpg")))
    assert [get(path) for path in shown] == [b"new", b"new", b"new", b"old"]


def test_a_directory_reaches_everything_below_it(edge: Edge, bucket: Bucket, get: Get) -> None:
    paths = ["/d/a", "/d/e/b", "/d/", "/d", "/dd/a"]
    bucket.objects |= {"/b/d/a": b"old", "/b/d/e/b": b"old", "/b/d/index.html": b"old", "/b/dd/a": b"old"}
    assert [get(path) for path in paths] == [b"old"] * 5
    bucket.objects = dict.fromkeys(bucket.objects, b"new")
    edge.refresh(Refresh("Directory", force=False, urls=urls("/d/")))
    assert [get(path) for path in paths] == [b"new", b"new", b"new", b"old", b"old"]


@pytest.mark.parametrize("object_type", ["Directory", "IgnoreParams"])
def test_an_expired_copy_is_kept_with_its_headers_after_a_304(
    edge: Edge, bucket: Bucket, get: Get, object_type: str
) -> None:
    bucket.objects["/b/d/"] = b"same"
    get("/d/")
    bucket.types["/b/d/"] = "text/plain"
    edge.refresh(Refresh(object_type, force=False, urls=urls("/d/")))
    answer = visit(edge.url, f"https://{HOST}/d/")
    assert bucket.asked[-1] == ("/b/d/", 304)
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, b"same", "text/html")
    assert answer.headers["X-Cache"] == "HIT"
    asked = len(bucket.asked)
    assert get("/d/") == b"same"
    assert len(bucket.asked) == asked, "asked once"


@pytest.mark.parametrize(("object_type", "force"), [("Directory", True), ("IgnoreParams", True), ("File", False)])
def test_a_deleted_copy_is_fetched_again_with_new_headers(
    edge: Edge, bucket: Bucket, get: Get, object_type: str, *, force: bool
) -> None:
    bucket.objects["/b/d/"] = b"same"
    get("/d/")
    bucket.types["/b/d/"] = "text/plain"
    edge.refresh(Refresh(object_type, force=force, urls=urls("/d/")))
    assert visit(edge.url, f"https://{HOST}/d/").headers["Content-Type"] == "text/plain"


def test_http_and_https_share_an_entry(edge: Edge, bucket: Bucket, get: Get) -> None:
    bucket.objects["/b/a"] = b"old"
    get("/a")
    bucket.objects["/b/a"] = b"new"
    edge.refresh(Refresh("File", force=False, urls=(f"http://{HOST}/a",)))
    assert get("/a") == b"new"


def test_a_refresh_takes_effect_after_its_delay(bucket: Bucket, clock: Clock) -> None:
    with Server(bucket) as server, Edge(clock, {HOST: [Origin(f"{server.url}/b")]}, delay=DELAY) as edge:
        bucket.objects["/b/a"] = b"old"
        visit(edge.url, f"https://{HOST}/a")
        bucket.objects["/b/a"] = b"new"
        edge.refresh(Refresh("File", force=False, urls=urls("/a")))
        clock.advance(DELAY - 1)
        assert visit(edge.url, f"https://{HOST}/a").body == b"old"
        clock.advance(1)
        assert visit(edge.url, f"https://{HOST}/a").body == b"new"


def test_a_fetch_overtaken_by_a_refresh_is_not_kept(clock: Clock) -> None:
    """Else the old bytes, asked for before the refresh and come after it, would stay for ever."""
    answers = [Response(200, b"old"), Response(200, b"new")]

    def overtaken(_request: Request) -> Response:
        if len(answers) == 2:
            edge.refresh(Refresh("File", force=False, urls=urls("/a")))
        return answers.pop(0)

    with Server(overtaken) as server, Edge(clock, {HOST: [Origin(f"{server.url}/b")]}) as edge:
        assert visit(edge.url, f"https://{HOST}/a").body == b"old"
        assert visit(edge.url, f"https://{HOST}/a").body == b"new"


def test_the_longest_path_decides_which_bucket_answers(bucket: Bucket, clock: Clock) -> None:
    bucket.objects |= {"/site/www/x": b"site", "/media/x": b"media", "/media/index.html": b"index"}
    with Server(bucket) as server:
        origins = [Origin(f"{server.url}/site", prefix="www/"), Origin(f"{server.url}/media", path="/m/")]
        with Edge(clock, {HOST: origins}) as edge:
            shown = [visit(edge.url, f"https://{HOST}{path}").body for path in ("/x", "/m/x", "/m/", "/m")]
    assert shown == [b"site", b"media", b"index", b"index"]


def test_an_error_page_answers_for_a_missing_object(bucket: Bucket, clock: Clock) -> None:
    bucket.objects["/b/index.html"] = b"app"
    with (
        Server(bucket) as server,
        Edge(clock, {HOST: [Origin(f"{server.url}/b", error_page="index.html")]}) as edge,
    ):
        answer = visit(edge.url, f"https://{HOST}/deep/link")
    assert (answer.status, answer.body) == (200, b"app")


def test_domains_do_not_share_entries(bucket: Bucket, clock: Clock) -> None:
    with Server(bucket) as server:
        origins = [Origin(f"{server.url}/b")]
        with Edge(clock, {"a.example": origins, "b.example": origins}) as edge:
            bucket.objects["/b/x"] = b"old"
            for domain in ("a.example", "b.example"):
                visit(edge.url, f"https://{domain}/x")
            bucket.objects["/b/x"] = b"new"
            edge.refresh(Refresh("File", force=False, urls=("https://a.example/x",)))
            assert visit(edge.url, "https://a.example/x").body == b"new"
            assert visit(edge.url, "https://b.example/x").body == b"old"


def test_a_domain_that_it_does_not_know_is_refused(edge: Edge) -> None:
    assert visit(edge.url, "https://other.example/").status == 403


def test_an_origin_that_does_not_answer_is_not_remembered(clock: Clock, bucket: Bucket) -> None:
    with Server(bucket) as server:
        gone = server.url
    with Edge(clock, {HOST: [Origin(f"{gone}/b")]}) as edge:
        assert visit(edge.url, f"https://{HOST}/a").status == 502
        with Server(bucket) as server:
            bucket.objects["/b/a"] = b"body"
            edge.origins[HOST] = [Origin(f"{server.url}/b")]
            assert visit(edge.url, f"https://{HOST}/a").body == b"body"


def test_the_domain_may_stand_in_an_absolute_url(edge: Edge, bucket: Bucket, get: Get) -> None:
    """It prevails over the Host header, and leads to the same entry."""
    bucket.objects["/b/a"] = b"body"
    get("/a")
    answer = fetch(edge.url, f"http://{HOST}/a", {"Host": "other.example"})
    assert (answer.body, answer.headers["X-Cache"]) == (b"body", "HIT")


def test_the_case_and_the_port_of_a_domain_do_not_matter(edge: Edge, bucket: Bucket, get: Get) -> None:
    bucket.objects["/b/a"] = b"body"
    get("/a")
    assert fetch(edge.url, "/a", {"Host": f"{HOST.upper()}:80"}).headers["X-Cache"] == "HIT"


def test_an_edge_is_for_reading(edge: Edge) -> None:
    assert visit(edge.url, f"https://{HOST}/a", "DELETE").status == 405


def test_head_has_the_headers_of_get_without_its_body(edge: Edge, bucket: Bucket) -> None:
    bucket.objects["/b/a"] = b"body"
    answer = visit(edge.url, f"https://{HOST}/a", "HEAD")
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "4")


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("bytes=0-0", 206, b"b", "bytes 0-0/4"),
        ("bytes=1-2", 206, b"od", "bytes 1-2/4"),
        ("bytes=2-", 206, b"dy", "bytes 2-3/4"),
        ("bytes=-3", 206, b"ody", "bytes 1-3/4"),
        ("bytes=4-9", 416, b"", "bytes */4"),
        ("bytes=3-1", 200, b"body", None),
        ("lines=1-2", 200, b"body", None),
        ("bytes=0-0,2-2", 200, b"body", None),
    ],
)
def test_a_part_is_served_from_the_whole_copy(
    edge: Edge, bucket: Bucket, get: Get, asked: str, status: int, body: bytes, told: str | None
) -> None:
    """RFC 9110, "Range Requests"."""
    bucket.objects["/b/a"] = b"body"
    get("/a")
    answer = fetch(edge.url, "/a", {"Host": HOST, "Range": asked})
    assert (answer.status, answer.body, answer.headers.get("Content-Range")) == (status, body, told)
    assert len(bucket.asked) == 1


def test_a_part_has_the_validators_of_the_whole(edge: Edge, bucket: Bucket) -> None:
    bucket.objects["/b/a"] = b"body"
    whole = visit(edge.url, f"https://{HOST}/a").headers
    part = fetch(edge.url, "/a", {"Host": HOST, "Range": "bytes=0-0"}).headers
    assert [part[name] for name in ("ETag", "Last-Modified")] == [whole[name] for name in ("ETag", "Last-Modified")]


def test_a_refresh_through_the_api_reaches_the_edge(edge: Edge, bucket: Bucket, get: Get, clock: Clock) -> None:
    bucket.objects["/b/a"] = b"old"
    get("/a")
    bucket.objects["/b/a"] = b"new"
    with Cdn(clock, [HOST]) as cdn:
        cdn.subscribers.append(edge.refresh)
        assert Caller(cdn, clock).refresh(urls("/b"), "File") == ""
        assert get("/a") == b"old"
        assert Caller(cdn, clock).refresh(urls("/a"), "File") == ""
        assert get("/a") == b"new"
