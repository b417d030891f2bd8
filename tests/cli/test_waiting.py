"""The time limit for a silent service, and the note that names the service."""

import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import Result
from command import run
from world import World, event, record

from oss_cdn_refresh_box.wire.serving import Drip, Response, Server, Silence
from oss_cdn_refresh_cli.shared import waiting

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)
COMMANDS: Sequence[tuple[Sequence[str], str]] = (
    (("backlog",), "SMQ"),
    (("dead-letters", "list"), "SMQ"),
    (("dead-letters", "redrive"), "SMQ"),
    (("quota",), "the CDN"),
    (("tasks",), "the CDN"),
    (("inventory", "oss://my-site/", "-o", "INVENTORY"), "OSS"),
    (("refresh", "oss://my-site/"), "OSS"),
    (("audit", "oss://my-site/"), "OSS"),
    (("invoke", "EVENT"), "Function Compute"),
)
each_command = pytest.mark.parametrize(
    ("words", "service"), COMMANDS, ids=[" ".join(words[:2]) for words, _ in COMMANDS]
)


@pytest.fixture
def silent() -> Iterator[str]:
    """The base URL of a service that never answers."""
    with Server(lambda _request: Silence(60)) as server:
        yield server.url


def call(world: World, folder: Path, url: str, words: Sequence[str], *more: str) -> Result:
    """Run the command in this process, in a world with this service in place of each service in turn."""
    (folder / "EVENT").write_bytes(event(record("a.jpg")))
    words = [str(folder / word) if word in ("EVENT", "INVENTORY") else word for word in words]
    names = ("SMQ_ENDPOINT", "CDN_ENDPOINT", "OSS_ENDPOINT", "FUNCTION_COMPUTE_ENDPOINT")
    environ = {**world.environ, **dict.fromkeys(names, url), "XDG_STATE_HOME": str(folder)}
    return run(*words, *more, environ=environ, clock=world.clock)


@each_command
def test_a_silent_service_is_asked_once(
    world: World, tmp_path: Path, silent: str, words: Sequence[str], service: str
) -> None:
    call(world, tmp_path, silent, words, "--timeout", "0.001")  # the SDKs take their time to be imported
    began = time.monotonic()
    result = call(world, tmp_path, silent, words, "--timeout", "0.3")
    assert (result.exit_code, service) == (2, service)
    assert time.monotonic() - began < 0.3 * 4


@each_command
def test_a_silent_service_is_named_on_stderr(
    world: World, tmp_path: Path, silent: str, words: Sequence[str], service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SAID_AFTER", 0.05)
    errors = call(world, tmp_path, silent, words, "--timeout", "0.3").stderr.splitlines()
    assert errors[0] == f"Note: waiting for {service} at {silent.partition('//')[2]} …"
    assert errors[-1].startswith("Error: ")
    assert len(errors) == 2


def test_a_service_that_answers_is_not_named(world: World, tmp_path: Path) -> None:
    assert run("backlog", environ={**world.environ, "HOME": str(tmp_path)}, clock=world.clock).stderr == ""


def test_an_answer_that_comes_byte_by_byte_is_bounded_too(world: World, tmp_path: Path) -> None:
    with Server(lambda _request: Drip(Response(200, b"<Queue>" + 1_000 * b" "), 0.05)) as server:
        began = time.monotonic()
        result = call(world, tmp_path, server.url, ("backlog",), "--timeout", "0.3")
    assert (result.exit_code, time.monotonic() - began < 2) == (2, True)


def test_a_port_that_never_accepts_is_given_up(world: World, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        result = call(world, tmp_path, url, ("backlog",), "--timeout", "0.2")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "3601", "soon", ""])
def test_a_timeout_out_of_range_is_refused(world: World, seconds: str) -> None:
    result = run("backlog", "--timeout", seconds, environ=world.environ, clock=world.clock)
    assert (result.exit_code, "--timeout" in result.stderr) == (2, True)


def test_the_timeout_may_be_given_before_the_command(world: World, tmp_path: Path, silent: str) -> None:
    began = time.monotonic()
    assert call(world, tmp_path, silent, ("--timeout", "0.2", "dead-letters", "list")).exit_code == 2
    assert time.monotonic() - began < 2


def test_refresh_now_uses_the_same_time_limit(world: World, tmp_path: Path, silent: str) -> None:
    """The function's own limit would be ten seconds for each of its tries."""
    (tmp_path / "KEYS").write_text("my-site/a.jpg\n", encoding="utf-8")
    began = time.monotonic()
    result = call(world, tmp_path, silent, ("refresh", "--now", "--keys", str(tmp_path / "KEYS")), "--timeout", "0.05")
    assert result.exit_code == 2
    assert time.monotonic() - began < 5
