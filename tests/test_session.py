"""The HTTP transport: few connections, answers with limits, and a new signature for each attempt."""

import contextlib
import itertools
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from certificates import VARIABLES, certificate, trust
from raw_peer import raw_peer
from world import World, event, objects, record

from oss_cdn_refresh.model.errors import ConfigurationError, ConnectionFailed
from oss_cdn_refresh.transport.connection import Connection
from oss_cdn_refresh.transport.session import Request, Session
from oss_cdn_refresh_box.cdn import Cdn
from oss_cdn_refresh_box.wire.faults import Faults, Lost
from oss_cdn_refresh_box.wire.serving import Drip, Reply, Reset, Response, Server, Silence
from oss_cdn_refresh_box.wire.serving import Request as Arrived


class Peer:
    """A server that sends its replies one after the other, then always "fine", and stores the requests."""

    def __init__(self) -> None:
        self.replies: list[Reply] = []
        self.seen: list[Arrived] = []
        self.server = Server(self._answer)

    def _answer(self, request: Arrived) -> Reply:
        self.seen.append(request)
        return self.replies.pop(0) if self.replies else Response(200, b"fine")


@pytest.fixture
def peer() -> Iterator[Peer]:
    peer = Peer()
    with peer.server:
        yield peer


class Signer:
    """Signs requests to a URL, each with a different number."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.signed = 0

    def __call__(self) -> Request:
        """The next signed request."""
        self.signed += 1
        return Request("POST", self.url, {"x-nonce": str(self.signed), "authorization": "ours"}, b"body")


@pytest.fixture
def sign(peer: Peer) -> Signer:
    return Signer(f"{peer.server.url}/")


# Connections


def test_many_calls_share_a_connection(peer: Peer, sign: Signer) -> None:
    session = Session()
    for _ in range(10):
        assert session.send(sign, 5).body == b"fine"
    assert peer.server.connections == 1


def test_the_invocations_of_an_instance_share_a_connection(world: World) -> None:
    for _ in range(3):
        world.invoke(event(record()))
    assert world.cdn.connections == 1


def test_the_cdn_and_smq_have_a_connection_each(world: World) -> None:
    world.configure({"bucket": "my-site", "domains": ["www.example.com"]}, limits={"urls_per_minute_per_domain": 2})
    for _ in range(3):
        world.invoke(objects(5))
    assert (world.cdn.connections, world.smq.connections) == (1, 1)


def test_a_connection_that_died_while_the_instance_was_frozen_is_replaced_at_once(peer: Peer, sign: Signer) -> None:
    session = Session()
    session.send(sign, 5)
    peer.replies = [Reset()]
    assert session.send(sign, 5).body == b"fine"
    assert [request.headers["x-nonce"] for request in peer.seen] == ["1", "2", "3"]
    assert peer.server.connections == 2


def test_a_connection_that_dies_twice_is_a_failure(peer: Peer, sign: Signer) -> None:
    session = Session()
    session.send(sign, 5)
    peer.replies = [Reset(), Reset()]
    with pytest.raises(ConnectionFailed) as caught:
        session.send(sign, 5)
    assert caught.value.reason == "ConnectionLost"
    assert sign.signed == len(peer.seen) == 3


def test_a_new_connection_that_dies_is_not_retried(peer: Peer, sign: Signer) -> None:
    peer.replies = [Reset()]
    with pytest.raises(ConnectionFailed):
        Session().send(sign, 5)
    assert sign.signed == len(peer.seen) == 1


def test_after_a_failure_the_next_connection_is_a_new_one(peer: Peer, sign: Signer) -> None:
    session = Session()
    for replies in ([], [Reset(), Reset()], [Reset()]):
        peer.replies = list(replies)
        if replies:
            with pytest.raises(ConnectionFailed):
                session.send(sign, 5)
        else:
            session.send(sign, 5)
    assert len(peer.seen) == 4


def test_a_timeout_on_a_kept_connection_is_not_retried(peer: Peer, sign: Signer) -> None:
    """The peer may still be processing the request."""
    session = Session()
    session.send(sign, 5)
    peer.replies = [Silence(5)]
    with pytest.raises(ConnectionFailed) as caught:
        session.send(sign, 0.2)
    assert caught.value.reason == "Timeout"
    assert len(peer.seen) == 2


def test_an_answer_lost_on_a_kept_connection_is_asked_for_with_a_new_nonce(world: World) -> None:
    world.invoke(event(record("a.jpg")))
    world.cdn.faults = Faults(Lost())
    summary = world.invoke(event(record("b.jpg")))
    assert (summary["refreshed"], summary["requests"]) == (1, 2)
    assert len({call.nonce for call in world.cdn.calls}) == 3


def test_a_closed_session_has_no_connections(peer: Peer, sign: Signer) -> None:
    session = Session()
    session.send(sign, 5)
    session.close()
    session.send(sign, 5)
    assert peer.server.connections == 2


def test_a_connection_that_the_peer_closed_in_time_is_replaced(peer: Peer, sign: Signer) -> None:
    session = Session()
    peer.replies = [Response(200, b"bye", {"Connection": "close"})]
    assert [session.send(sign, 5).body for _ in range(2)] == [b"bye", b"fine"]
    assert peer.server.connections == 2


def test_a_closed_port_is_a_lost_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(ConnectionFailed) as caught:
        Session().send(Signer(f"http://127.0.0.1:{port}/"), 5)
    assert caught.value.reason == "ConnectionLost"


@pytest.mark.parametrize(
    "url", ["http://no-such-host.invalid/", "http:///", "http://", "http://127.0.0.1:x/", "http://127.0.0.1:99999/"]
)
def test_a_host_that_cannot_be_reached_is_a_lost_connection(url: str) -> None:
    with pytest.raises(ConnectionFailed):
        Session().send(Signer(url), 5)


# Answers


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_answer_and_is_not_followed(peer: Peer, sign: Signer, status: int) -> None:
    peer.replies = [Response(status, b"", {"Location": f"{peer.server.url}/elsewhere"})]
    assert Session().send(sign, 5).status == status
    assert len(peer.seen) == 1


def test_every_status_is_an_answer(peer: Peer, sign: Signer) -> None:
    session = Session()
    for status in (200, 201, 204, 400, 403, 404, 413, 429, 500, 502, 503, 504):
        peer.replies = [Response(status)]
        assert session.send(sign, 5).status == status


def test_header_names_are_found_in_any_case(peer: Peer, sign: Signer) -> None:
    peer.replies = [Response(200, b"", {"X-Acs-Retry-After": "1500"})]
    assert Session().send(sign, 5).headers["x-acs-retry-after"] == "1500"


@pytest.mark.parametrize(
    "reply",
    [Drip(Response(200, b"x" * 1_000), 0.01), Silence(5)],
    ids=["slow bytes", "silence"],
)
def test_the_time_limit_is_for_the_whole_answer(peer: Peer, sign: Signer, reply: Reply) -> None:
    peer.replies = [reply]
    before = time.monotonic()
    with pytest.raises(ConnectionFailed) as caught:
        Session().send(sign, 0.3)
    assert time.monotonic() - before < 0.6
    assert caught.value.reason == "Timeout"


def test_the_time_of_an_answer_is_measured_by_the_clock_that_is_passed_in(sign: Signer) -> None:
    seconds = itertools.count()  # one passes between two looks at the clock
    with Server(lambda _: Response(200, b"x" * 1_000_000)) as peer:
        sign.url = f"{peer.url}/"
        with pytest.raises(ConnectionFailed) as caught:
            Session(lambda: float(next(seconds))).send(sign, 5)
    assert caught.value.reason == "Timeout"


def test_a_slow_answer_within_the_time_limit_is_an_answer(peer: Peer, sign: Signer) -> None:
    peer.replies = [Drip(Response(200, b"slow"), 0.001)]
    assert Session().send(sign, 5).body == b"slow"


def test_an_answer_that_comes_before_the_whole_request_was_read_is_an_answer() -> None:
    """A gateway may refuse a large body because of its length, and close the connection."""

    def refuse(connection: socket.socket) -> None:
        connection.recv(1_000)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65_536):
            pass

    with _raw(refuse) as url:
        request = Request("POST", url, {}, b"x" * 8_000_000)
        answer = Session().send(lambda: request, 5)
    assert (answer.status, answer.body) == (413, b"big")


def test_an_answer_that_is_cut_off_is_a_lost_connection() -> None:
    def half(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")

    with _raw(half) as url, pytest.raises(ConnectionFailed):
        Session().send(Signer(url), 2)


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH_9.6\r\n", b"HTTP/1.1 abc\r\n\r\n", b"\0" * 200])
def test_an_answer_that_is_not_http_is_a_lost_connection(answer: bytes) -> None:
    def odd(connection: socket.socket) -> None:
        connection.recv(65_536)
        connection.sendall(answer)

    with _raw(odd) as url, pytest.raises(ConnectionFailed):
        Session().send(Signer(url), 2)


class _raw:  # noqa: N801 - used as a function
    """A listener on loopback that handles one connection with a given function, then closes it."""

    def __init__(self, treat: Callable[[socket.socket], Any]) -> None:
        self._treat = treat
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        connection, _ = self._listener.accept()
        with connection:
            self._treat(connection)

    def __enter__(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}/"

    def __exit__(self, *_: object) -> None:
        self._thread.join(5)
        self._listener.close()


# The environment


def test_a_netrc_does_not_replace_our_signature(
    peer: Peer, sign: Signer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    Session().send(sign, 5)
    assert peer.seen[0].headers["authorization"] == "ours"


def test_a_proxy_of_the_environment_is_not_used(sign: Signer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    assert Session().send(sign, 5).body == b"fine"


def test_no_cookie_is_added_and_the_body_stays_as_signed(peer: Peer, sign: Signer) -> None:
    """A cookie of an earlier answer would change the signed request."""
    session = Session()
    peer.replies = [Response(200, b"", {"Set-Cookie": "a=b"})]
    session.send(sign, 5)
    session.send(sign, 5)
    assert all("cookie" not in request.headers for request in peer.seen)
    assert [request.body for request in peer.seen] == [b"body"] * 2


# TLS


@pytest.fixture
def secure(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cdn]:
    """A CDN over https with a trusted certificate."""
    trusted, tls = certificate(tmp_path)
    trust(monkeypatch, trusted)
    with Cdn(world.clock, world.cdn.domains, tls=tls) as cdn:
        world.environ["CDN_ENDPOINT"] = cdn.url
        world.deploy()
        yield cdn


@pytest.mark.parametrize("variable", VARIABLES)
def test_the_environment_names_the_trusted_certificates(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    trusted, tls = certificate(tmp_path)
    trust(monkeypatch, trusted, variable)
    with Cdn(world.clock, world.cdn.domains, tls=tls) as cdn:
        world.environ["CDN_ENDPOINT"] = cdn.url
        assert world.invoke(event(record()))["refreshed"] == 1


def test_nothing_is_sent_to_a_peer_with_an_untrusted_certificate(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, _ = certificate(tmp_path, address="127.0.0.2")
    _, tls = certificate(tmp_path)
    trust(monkeypatch, other)
    _is_told_nothing(world, tls)


def test_nothing_is_sent_to_a_peer_with_a_certificate_for_another_host(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trusted, tls = certificate(tmp_path, address="127.0.0.2")
    trust(monkeypatch, trusted)
    _is_told_nothing(world, tls)


def _is_told_nothing(world: World, tls: ssl.SSLContext) -> None:
    world.jitter = lambda _low, high: high
    with Cdn(world.clock, world.cdn.domains, tls=tls) as cdn:
        world.environ["CDN_ENDPOINT"] = cdn.url
        assert world.invoke(event(record()))["deferred"] == 1
        assert cdn.calls == []


def test_a_scheme_in_capitals_uses_tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trusted, tls = certificate(tmp_path)
    trust(monkeypatch, trusted)
    with Server(lambda _: Response(200, b"fine"), tls=tls) as peer:
        assert Session().send(Signer(f"HTTPS{peer.url.removeprefix('https')}/"), 5).body == b"fine"


def test_many_calls_share_a_tls_connection(world: World, secure: Cdn) -> None:
    for _ in range(3):
        assert world.invoke(event(record()))["refreshed"] == 1
    assert secure.connections == 1


def test_many_connections_share_one_tls_context(world: World, secure: Cdn, monkeypatch: pytest.MonkeyPatch) -> None:
    """The CA bundle is loaded once for an instance, because loading takes as long as a call."""
    loads: list[object] = []
    load = ssl.SSLContext.load_verify_locations

    def counted(context: ssl.SSLContext, *args: Any, **kwargs: Any) -> None:
        loads.append(args or kwargs)
        load(context, *args, **kwargs)

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", counted)
    world.instance.prepare(world.context, world.environ)
    for _ in range(4):
        secure.faults.add(Response(200, b'{"RefreshTaskId": "7"}', {"Connection": "close"}))
        assert world.invoke(event(record()))["refreshed"] == 1
    assert secure.connections == 4
    assert len(loads) == 1


@pytest.mark.load
def test_the_time_limit_is_for_the_whole_answer_over_tls(world: World, secure: Cdn) -> None:
    world.in_real_time(timeout=2)
    secure.faults = Faults(rule=lambda _request: Drip(Response(200, b"x" * 1_000), 0.01))
    before = time.monotonic()
    assert world.invoke(event(record()))["deferred"] == 1
    assert time.monotonic() - before < 1


@pytest.mark.load
def test_one_time_limit_is_for_handshake_and_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each phase takes less than its own limit, but all phases together must stay within the limit of the call."""
    trusted, tls = certificate(tmp_path)
    trust(monkeypatch, trusted)

    def slow(connection: socket.socket) -> None:
        time.sleep(0.2)
        with contextlib.suppress(OSError), tls.wrap_socket(connection, server_side=True) as secured:
            secured.recv(65_536)
            time.sleep(1)

    with _raw(slow) as url:
        before = time.monotonic()
        with pytest.raises(ConnectionFailed):
            Session().send(Signer(url.replace("http:", "https:")), 0.8)
        assert time.monotonic() - before < 1.1


def test_a_nonce_is_not_used_again_on_a_new_connection(world: World) -> None:
    """The CDN would refuse a used nonce, which would cost a wait and one more call."""
    world.invoke(event(record("a.jpg")))
    world.cdn.faults = Faults(Lost())
    world.invoke(event(record("b.jpg")))
    assert [call.code for call in world.cdn.calls] == ["", "", ""]


def test_an_endless_answer_is_cut(peer: Peer, sign: Signer) -> None:
    """The answers of the APIs are much shorter, and the function has little memory."""
    peer.replies = [Response(200, b"x" * 8_000_000)]
    assert len(Session().send(sign, 10).body) < 5_000_000


def test_initialize_loads_the_tls_context(world: World, secure: Cdn, monkeypatch: pytest.MonkeyPatch) -> None:
    """So the first change does not wait for it."""
    world.instance.prepare(world.context, world.environ)

    def too_late(*_: Any, **__: Any) -> None:
        raise AssertionError("the CA bundle is loaded by the first call")

    monkeypatch.setattr(ssl.SSLContext, "load_verify_locations", too_late)
    assert world.invoke(event(record()))["refreshed"] == 1
    assert secure.connections == 1


def test_an_unexpected_answer_is_not_read_as_the_next_one() -> None:
    """A second answer on a connection does not belong to any request."""
    one = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n%s"
    answers = [one % b"one" + one % b"bad", one % b"two"]
    session = Session()
    with raw_peer(lambda _: answers.pop(0)) as url:
        sign = Signer(f"{url}/")
        assert [session.send(sign, 5).body for _ in range(2)] == [b"one", b"two"]


@pytest.mark.parametrize("act", [lambda peer: peer.sendall(b"x"), lambda peer: peer.close()], ids=["bytes", "closed"])
def test_a_kept_connection_is_unusable_after_unexpected_bytes_or_a_close(
    act: Callable[[socket.socket], None],
) -> None:
    ours, peer = socket.socketpair()
    connection = Connection("127.0.0.1", 80, None, time.monotonic)
    connection.sock = ours
    with ours, peer:
        before = connection.usable()
        act(peer)
        assert (before, connection.usable()) == (True, False)


# The CA bundle


UNUSABLE = {
    "is not there": None,
    "is empty": b"",
    "is no PEM file": b"hello",
    "is not text": b"\xff\xfe\x00",
    "holds a broken certificate": b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    "holds half a certificate": b"-----BEGIN CERTIFICATE-----\nMIIB",
    "holds a key only": b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
}


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("content", UNUSABLE.values(), ids=UNUSABLE)
def test_a_ca_bundle_that_cannot_be_used_is_an_error_that_names_its_variable(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, content: bytes | None
) -> None:
    bundle = tmp_path / "ca.pem"
    if content is not None:
        bundle.write_bytes(content)
    trust(monkeypatch, bundle, variable)
    world.environ["CDN_ENDPOINT"] = "https://127.0.0.1:9"
    for act in (lambda: world.instance.prepare(world.context, world.environ), lambda: world.invoke([{"no": "record"}])):
        with pytest.raises(ConfigurationError, match=rf"^environment: {variable}: .+: .+"):
            act()
    assert world.smq.calls == []


def test_a_folder_without_hashed_certificates_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ca.pem").write_text("not looked at")
    trust(monkeypatch, tmp_path)
    with pytest.raises(ConfigurationError, match="REQUESTS_CA_BUNDLE"):
        Session().prepare("https://127.0.0.1:9")


def test_the_ca_bundle_is_checked_for_smq_too(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, tmp_path / "nowhere.pem")
    world.environ["SMQ_ENDPOINT"] = "https://127.0.0.1:9"
    with pytest.raises(ConfigurationError, match="REQUESTS_CA_BUNDLE"):
        world.invoke(event(record()))
    assert world.cdn.calls == []


def test_without_https_no_ca_bundle_is_needed(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, tmp_path / "nowhere.pem")
    assert world.invoke(event(record()))["refreshed"] == 1
