"""`audit` reports every answer of the edge and of OSS clearly, with the right exit code."""

import json
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from audited import Audited, http, report
from command import run
from world import World

from oss_cdn_refresh_box.wire.serving import Reply, Request, Reset, Response, Server, Silence

ESCAPES = "\x1b[31m<script>alert(1)</script>\u202e[bold]"


def only(method: str, reply: Reply) -> Callable[[Request], Reply | None]:
    """An edge with this answer to one method."""
    return lambda request: reply if request.method == method else None


@pytest.fixture
def one(site: Audited) -> Audited:
    """One object, fresh."""
    site.hold({"a.jpg": b"x"})
    return site


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Response(403), "the edge says 403 Forbidden"),
        (Response(302, headers={"Location": "https://elsewhere.example/"}), "redirects to https://elsewhere.example/"),
        (Response(302), "the edge says 302 Found"),
        (Response(503), "the edge says 503 Service Unavailable"),
        (Response(299), "the edge says 299"),
        (Reset(), "no answer: "),
        (Response(200, b"x"), ""),
        (Response(200, headers={"Content-Length": "nothing"}), "tells no ETag and no Last-Modified"),
        (Response(200, headers={"Content-Length": "nothing", "Last-Modified": "yesterday"}), "tells no ETag"),
    ],
    ids=["403", "redirect", "no location", "503", "unknown", "reset", "length only", "nothing", "no date"],
)
def test_an_answer_that_cannot_be_compared(one: Audited, reply: Reply, said: str) -> None:
    with one.behind(lambda _request: reply) as front:
        result = one.run("oss://my-site", to=front)
        assert (result.exit_code, said in result.stdout) == (2 if said else 0, True)
        document = one.audit("oss://my-site", to=front)
    assert document == (report(0, (), ("a.jpg",)) if said else report(1))


@pytest.mark.parametrize(
    "reply",
    [
        Response(302, headers={"Location": "http://[::1"}),
        Response(206, b"x", {"Content-Range": f"bytes 0-0/{'9' * 5_000}"}),
        Response(503, headers={"Retry-After": "9" * 5_000}),
    ],
    ids=["a location that is no URL", "a length of 5,000 digits", "a pause of 5,000 digits"],
)
def test_meaningless_headers_cause_no_crash(site: Audited, reply: Reply) -> None:
    site.hold({"d/index.html": b"x"})
    with site.behind(lambda _request: reply) as front:
        document = site.audit("oss://my-site", to=front)
    assert document == report(0, (), ("d/index.html", "d/", "d"))


def test_the_length_of_a_compressed_answer_is_not_compared(one: Audited) -> None:
    """The edge compresses in spite of Accept-Encoding; the length is that of the compressed copy."""
    headers = {"Content-Encoding": "gzip", "Last-Modified": "Fri, 01 Jan 2100 00:00:00 GMT"}
    with one.behind(lambda _request: Response(200, b"\x1f\x8b...", headers)) as front:
        assert one.audit("oss://my-site", to=front) == report(1)


def test_a_redirect_is_not_followed(one: Audited) -> None:
    with one.behind(lambda _request: Response(301, headers={"Location": "/b.jpg"})) as front:
        one.run("oss://my-site", to=front)
    assert [request.path for request in one.asked] == ["/a.jpg"]


def test_the_redirect_of_a_directory_to_its_slash_is_fresh(site: Audited) -> None:
    """OSS's answer for /d if d/index.html exists; PutBucketWebsite, "SupportSubDir"."""
    site.hold({"d/index.html": b"page"})

    def redirect(request: Request) -> Reply | None:
        return (
            Response(302, headers={"Location": f"http://{request.headers['Host']}/d/"})
            if request.path == "/d"
            else None
        )

    with site.behind(redirect) as front:
        assert site.audit("oss://my-site", to=front) == report(3)


@pytest.mark.parametrize("status", [400, 403, 405, 501])
def test_an_edge_that_refuses_head_gets_a_request_for_one_byte(site: Audited, status: int) -> None:
    site.hold({"a.jpg": b"old", "b.jpg": b"x", "empty": b""})
    site.visit("a.jpg")
    site.hold({"a.jpg": b"new"})
    with site.behind(only("HEAD", Response(status))) as front:
        assert site.audit("oss://my-site", to=front) == report(3, ("a.jpg",))
    assert {request.headers["Range"] for request in site.asked[1:]} == {"bytes=0-0", None}
    assert [request.method for request in site.asked].count("HEAD") == 1


def test_the_connection_is_closed_when_the_edge_sends_a_whole_large_object(site: Audited) -> None:
    site.hold({"a.jpg": b"x" * 3_000_000})
    whole = Response(200, b"x" * 3_000_000, {"ETag": site.etag("a.jpg")})
    with site.behind(lambda request: Response(405) if request.method == "HEAD" else whole) as front:
        assert site.audit("oss://my-site", to=front) == report(1)


def test_an_edge_that_never_answers_is_given_up_after_three_urls(site: Audited) -> None:
    keys = tuple(f"{number}.jpg" for number in range(10))
    site.hold(dict.fromkeys(keys, b"x"))
    with site.behind(lambda _request: Silence()) as front:
        result = site.run("oss://my-site", "--timeout", "0.2", to=front)
        assert (result.exit_code, "no answer in 0.2 s" in result.stdout) == (2, True)
        assert "not asked: www.example.com gave no answer 3 times in a row" in result.stdout
        assert len(site.asked) == 3  # a timeout is not tried again: it costs too much
        assert site.audit("oss://my-site", "--timeout", "0.2", to=front) == report(0, (), keys)


def test_a_port_without_a_listener_is_reported(one: Audited) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        result = one.run("oss://my-site", to=f"127.0.0.1:{reserved.getsockname()[1]}")
    assert (result.exit_code, "Connection refused" in result.stdout) == (2, True)


def test_a_request_is_retried_when_the_edge_is_busy(one: Audited) -> None:
    replies: list[Reply] = [Response(503), Response(429, headers={"Retry-After": "5"})]
    with one.behind(lambda _request: replies.pop(0) if replies else None) as front:
        began = one.world.clock.now()
        assert one.audit("oss://my-site", to=front) == report(1)
    assert one.world.clock.now() - began == pytest.approx(5.5, abs=0.1)


def test_a_kept_connection_that_was_closed_is_opened_again(site: Audited) -> None:
    site.hold({f"{number}.jpg": b"x" for number in range(4)})
    replies: list[Reply | None] = [None, Reset(), None, Reset()]
    began = site.world.clock.now()
    with site.behind(lambda _request: replies.pop(0) if replies else None) as front:
        assert site.audit("oss://my-site", to=front) == report(4)
    assert site.world.clock.now() - began < 0.1  # at once: nobody is to blame for it


def test_a_stale_url_decides_the_exit_code_before_an_unreachable_one(site: Audited) -> None:
    site.hold({"a.jpg": b"old", "b.jpg": b"x"})
    site.visit("a.jpg")
    site.hold({"a.jpg": b"new"})
    with site.behind(lambda request: Response(403) if request.path == "/b.jpg" else None) as front:
        assert site.audit("oss://my-site", to=front) == report(1, ("a.jpg",), ("b.jpg",))


def test_escapes_and_markup_in_names_have_no_effect(site: Audited) -> None:
    site.hold({f"{ESCAPES}.jpg": b"old"})
    with site.behind(lambda _request: Response(302, headers={"Location": "/\x1b]0;x\x07<script>"})) as front:
        result = site.run("oss://my-site", to=front)
    assert (result.exit_code, "\x1b" in result.output, "<script>" in result.stdout) == (2, False, True)
    assert site.audit("oss://my-site") == report(3)


def test_escapes_in_a_line_of_a_file_have_no_effect(one: Audited) -> None:
    result = one.run("--keys", "-", stdin="my-site/a\nnothing\x1b[31m\n")
    assert (result.exit_code, "\x1b" in result.output) == (2, False)
    assert "line 2" in result.stderr


def test_the_edge_is_not_asked_for_a_url_that_the_cdn_refuses(site: Audited) -> None:
    site.hold({"\u4f60" * 300: b"x"})
    document = site.audit("oss://my-site")
    assert (document["checked"], len(document["unreachable"]), document["exit"]) == (0, 1, 2)


# The bucket


def test_a_missing_bucket_is_reported(one: Audited) -> None:
    one.world.configure({"bucket": "nobody", "domains": ["www.example.com"], "scheme": "http"})
    result = one.run("oss://nobody/")
    assert (result.exit_code, "NoSuchBucket" in result.stderr, result.stderr.count("\n")) == (2, True, 1)


def test_a_prefix_without_objects_is_reported(one: Audited) -> None:
    result = one.run("oss://my-site/img/")
    assert (result.exit_code, "no key begins with that prefix" in result.stderr) == (2, True)


@pytest.mark.load
def test_a_bucket_that_is_deleted_meanwhile_is_reported_beside_the_findings(site: Audited) -> None:
    keys = [f"{number:05}.jpg" for number in range(1_001)]
    site.hold(dict.fromkeys(keys, b"x"))
    site.run("oss://my-site")
    site.hold({keys[0]: b"new"})

    def vanish(request: Request) -> None:
        if request.path == f"/{keys[500]}":
            site.oss.close()

    with site.behind(vanish) as front:
        document = site.audit("oss://my-site", to=front)
    assert (document["exit"], document["stale"], document["checked"]) == (1, [http(keys[0])], 1_000)
    assert "no answer of" in document["error"]


def test_a_missing_bucket_does_not_count_as_deleted_objects(one: Audited) -> None:
    one.world.configure({"bucket": "nobody", "domains": ["www.example.com"], "scheme": "http"})
    one.visit("a.jpg")
    result = one.run("--keys", "-", stdin="nobody/a.jpg\n")
    assert (result.exit_code, "NoSuchBucket" in result.stderr) == (2, True)


def test_a_missing_bucket_without_an_error_code_does_not_count_as_deleted_objects(one: Audited) -> None:
    """An answer to HEAD has no body. OSS has the code in a header, but a proxy may drop the header."""
    gone = b"<Error><Code>NoSuchBucket</Code><Message>No.</Message></Error>"
    one.visit("a.jpg")
    with Server(lambda request: Response(404, b"" if request.method == "HEAD" else gone)) as server:
        one.world.environ["OSS_ENDPOINT"] = server.url
        result = one.run("--keys", "-", stdin="my-site/a.jpg\n")
    assert (result.exit_code, "NoSuchBucket" in result.stderr) == (2, True)


@pytest.mark.parametrize("to", ["127.0.0.1", "127.0.0.1:", ":80", "::1:80", "a/b:80", "127.0.0.1:70000", "a:x"])
def test_a_malformed_address_is_refused(one: Audited, to: str) -> None:
    result = one.run("oss://my-site", to=to)
    assert (result.exit_code, "write HOST:PORT" in result.stderr, result.stderr.count("\n")) == (2, True, 1)


@pytest.mark.parametrize(
    "words", [(), ("oss://",), ("my-site/a",), ("oss://my-site", "--sample", "0"), ("oss://my-site", "--rate", "0")]
)
def test_malformed_arguments_are_refused(one: Audited, words: tuple[str, ...]) -> None:
    result = one.run(*words)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("figure", ["nan", "inf", "x"])
@pytest.mark.parametrize("option", ["--grace", "--rate", "--timeout"])
def test_a_malformed_number_is_refused(one: Audited, option: str, figure: str) -> None:
    result = one.run("oss://my-site", option, figure)
    assert (result.exit_code, option in result.stderr, result.stderr.count("\n")) == (2, True, 1)


def test_a_timeout_beyond_the_limit_of_sockets_is_refused(one: Audited) -> None:
    result = one.run("oss://my-site", "--timeout", "1e10")
    assert (result.exit_code, "--timeout" in result.stderr) == (2, True)


def test_a_wrong_configuration_is_reported(world: World, tmp_path: Path) -> None:
    (tmp_path / "wrong.yml").write_text("sites: []")
    environ = {**world.environ, "REFRESH_CONFIG": str(tmp_path / "wrong.yml"), "OSS_ENDPOINT": "http://127.0.0.1:1"}
    result = run("audit", "oss://my-site", "--json", environ=environ, clock=world.clock)
    assert (result.exit_code, "sites" in json.loads(result.stdout)["error"]) == (2, True)
