"""An audit that compared nothing is no success: it gives the reason and the time for another run."""

from pathlib import Path

import pytest
from audited import DOMAIN, Audited, http

from oss_cdn_refresh_box.cdn.edge import fetch
from oss_cdn_refresh_box.wire.serving import Request, Response, Server

pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")  # oss2, on Python 3.12


def test_an_audit_of_changes_in_the_grace_says_when_to_run_it_again(site: Audited) -> None:
    """Noon in UTC+8 is 04:00:00 UTC."""
    site.oss.stock("my-site", {"a.jpg": b"x"})
    site.world.clock.advance(10)
    site.oss.stock("my-site", {"b.jpg": b"x"})
    site.world.clock.advance(12)
    result = site.run("oss://my-site")
    assert result.exit_code == 2
    assert "the youngest change is 12 s old: run it again at 22 Nov 12:07, in 6 min" in result.stderr


def test_the_json_document_says_when_to_run_it_again(site: Audited) -> None:
    site.oss.stock("my-site", {"a.jpg": b"x"})
    assert site.audit("oss://my-site")["exit"] == 2
    assert site.nothing
    assert site.nothing["again_at"] == "2026-11-22T04:06:00Z"


def test_an_audit_at_that_time_compares_the_objects(site: Audited) -> None:
    site.oss.stock("my-site", {"a.jpg": b"x"})
    site.world.clock.advance(360)
    assert site.audit("oss://my-site")["exit"] == 0


@pytest.mark.parametrize("more", [("--sample", "3"), ("--repair",), ("--grace", "1e6")], ids=" ".join)
def test_no_option_turns_an_audit_that_compared_nothing_into_a_success(site: Audited, more: tuple[str, ...]) -> None:
    site.oss.stock("my-site", {"a.jpg": b"x"})
    document = site.audit("oss://my-site", *more)
    assert (document["exit"], bool(site.nothing and site.nothing["again_at"])) == (2, True)


def test_a_key_in_the_grace_gets_the_same_message(site: Audited) -> None:
    site.oss.stock("my-site", {"a.jpg": b"x"})
    site.audit("--keys", "-", stdin="my-site/a.jpg\n")
    assert site.nothing
    assert site.nothing["again_at"] == "2026-11-22T04:06:00Z"


def test_one_compared_url_is_enough(site: Audited) -> None:
    site.hold({"a.jpg": b"x"})
    site.oss.stock("my-site", {"b.jpg": b"x"})
    assert (site.audit("oss://my-site")["exit"], site.nothing) == (0, None)


def test_an_edge_that_does_not_answer_is_reported(site: Audited) -> None:
    site.hold({"a.jpg": b"x"})
    result = site.run("oss://my-site", to="127.0.0.1:1")
    assert (result.exit_code, "nothing was compared: 1 URL could not be compared (no answer" in result.stderr) == (
        2,
        True,
    )


def test_excluded_objects_are_reported(site: Audited) -> None:
    site.world.configure({"bucket": "my-site", "domains": [DOMAIN], "scheme": "http", "exclude": ["*"]})
    site.hold({"a.jpg": b"x"})
    result = site.run("oss://my-site")
    assert (result.exit_code, "include and exclude of its site leave it out" in result.stderr) == (2, True)


def test_objects_without_a_url_of_their_own_are_reported(site: Audited) -> None:
    site.hold({"d/": b""})
    result = site.run("oss://my-site")
    assert (result.exit_code, "1 item left out" in result.stderr) == (2, True)


@pytest.mark.parametrize("keys", ["", "\n", "\n\n \n", "\ufeff\n"], ids=ascii)
def test_an_empty_list_of_keys_is_reported(site: Audited, keys: str) -> None:
    result = site.run("--keys", "-", stdin=keys)
    assert (result.exit_code, "no object was found" in result.stderr) == (2, True)


def test_an_object_that_changes_during_the_audit_is_reported(site: Audited) -> None:
    site.hold({"a.jpg": b"old"})

    def delete(_request: Request) -> None:
        with site.bucket() as bucket:
            bucket.delete_object("a.jpg")

    with site.behind(delete) as front:
        result = site.run("oss://my-site", to=front)
    assert (result.exit_code, "changed while it was looked at: run it again" in result.stderr) == (2, True)


# Headers


def protected(request: Request) -> Response | None:
    """A domain whose referer protection is on."""
    return None if request.headers.get("Referer") == "https://www.example.com/" else Response(403)


REFERER = ("--header", "Referer: https://www.example.com/")


def test_a_protected_domain_gets_the_header_that_it_requires(site: Audited) -> None:
    site.hold({"a.jpg": b"old"})
    site.visit("a.jpg")
    site.hold({"a.jpg": b"new"})
    with site.behind(protected) as front:
        assert site.audit("oss://my-site", to=front)["unreachable"] == [http("a.jpg")]
        assert site.audit("oss://my-site", *REFERER, to=front)["stale"] == [http("a.jpg")]


def test_every_request_to_the_edge_has_all_headers(site: Audited) -> None:
    site.hold({"a.jpg": b"old", "b.jpg": b"x"})
    site.visit("a.jpg")
    site.hold({"a.jpg": b"new"})
    with site.behind() as front:
        site.run("oss://my-site", *REFERER, "--header", "X-Token:  abc ", "--header", "user-agent: mine", to=front)
        assert len(site.asked) > 2
        for request in site.asked:
            sent = (request.headers["Referer"], request.headers["X-Token"], request.headers.get_all("User-Agent"))
            assert sent == ("https://www.example.com/", "abc", ["mine"])


def test_oss_never_gets_a_header_of_the_edge(site: Audited) -> None:
    site.hold({"a.jpg": b"old"})
    site.visit("a.jpg")
    site.hold({"a.jpg": b"new"})
    seen: list[Request] = []

    def pass_on(request: Request) -> Response:
        seen.append(request)
        target = request.path + (f"?{request.query}" if request.query else "")
        return fetch(site.oss.url, target, dict(request.headers), request.method)

    with Server(pass_on) as front:
        site.world.environ["OSS_ENDPOINT"] = front.url
        assert site.audit("oss://my-site", "--header", "X-Token: abc")["stale"] == [http("a.jpg")]
    assert len(seen) > 1
    assert not any("X-Token" in request.headers for request in seen)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "header 1: it is no header"),
        ("Referer", "header 1: it is no header"),
        (": value", "header 1: it is no header"),
        ("Bad Name: value", "header 1: it is no header"),
        ("Na\u4f60me: value", "header 1: it is no header"),
        ("Referer:", "Referer: it has no value"),
        ("Referer:  \t", "Referer: it has no value"),
        ("X: a\r\nEvil: b", "X: its value has a line break"),
        ("X: a\x00b", "X: its value has a line break"),
        ("X: \u4f60\u597d", "beyond Latin-1"),
        ("Host: other", "Host: the audit sets it itself"),
        ("range: bytes=0-1", "range: the audit sets it itself"),
        ("If-None-Match: *", "If-None-Match: the audit sets it itself"),
        ("Accept-Encoding: gzip", "the audit sets it itself"),
        ("Connection: close", "Connection: it is about the connection"),
        ("Transfer-Encoding: chunked", "it is about the connection"),
        ("Proxy-Authorization: Basic TOPSECRET", "it is about the connection"),
        ("TE: trailers", "it is about the connection"),
        ("X: " + 8_193 * "a", "8193 characters"),
    ],
    ids=ascii,
)
def test_a_malformed_header_is_refused(site: Audited, text: str, said: str) -> None:
    result = site.run("oss://my-site", "--header", text)
    assert (result.exit_code, result.stderr.count("\n"), said in result.stderr) == (2, 1, True)


def test_a_header_that_is_given_twice_is_refused(site: Audited) -> None:
    result = site.run("oss://my-site", *REFERER, "--header", "referer: x")
    assert (result.exit_code, "given twice" in result.stderr) == (2, True)


@pytest.mark.parametrize("name", ["Authorization", "Cookie", "X-Token"])
def test_no_value_of_a_header_is_written_anywhere(site: Audited, name: str, tmp_path: Path) -> None:
    site.hold({"a.jpg": b"x", "b.jpg": b"x"})
    state = tmp_path / "state"
    words = ("oss://my-site", "oss://no-bucket", "--state", str(state), "--header", f"{name}: TOPSECRET")
    site.world.configure(
        {"bucket": "my-site", "domains": [DOMAIN], "scheme": "http"},
        {"bucket": "no-bucket", "domains": ["d0.example.com"]},
    )
    result = site.run(*words)
    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert (state.exists(), "TOPSECRET" in result.output, b"TOPSECRET" in written) == (True, False, False)


@pytest.mark.parametrize("text", ["Authorization Bearer TOPSECRET", "Bad Name: TOPSECRET", "Cookie: TOPSECRET\n"])
def test_no_value_of_a_header_that_is_refused_is_shown(site: Audited, text: str) -> None:
    result = site.run("oss://my-site", "--header", text)
    assert (result.exit_code, "TOPSECRET" in result.output) == (2, False)


def test_an_audit_with_another_header_is_another_audit(site: Audited, tmp_path: Path) -> None:
    mine = {"bucket": "my-site", "domains": [DOMAIN], "scheme": "http"}
    site.world.configure(mine, {"bucket": "no-bucket", "domains": ["d0.example.com"]})
    site.hold({"a.jpg": b"x"})
    state = str(tmp_path / "state")
    site.run("oss://my-site", "oss://no-bucket", "--state", state)
    result = site.run("oss://my-site", "oss://no-bucket", "--state", state, *REFERER)
    assert (result.exit_code, "another audit" in result.stderr) == (2, True)
