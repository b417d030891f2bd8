"""Where the configuration is read from, and how long it is cached."""

import hashlib
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.sax.saxutils import escape

import pytest
import yaml
from world import SITE, World, event, record, url

import oss_cdn_refresh
from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.transport import oss_object
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh.transport.session import Answer, Session
from oss_cdn_refresh.transport.session import Request as Sent
from oss_cdn_refresh_box.account.credentials import Key
from oss_cdn_refresh_box.oss import Oss
from oss_cdn_refresh_box.wire.serving import Drip, Reply, Request, Reset, Response, Server, Silence

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "invalid escape sequence")  # from docstrings of oss2, when Python compiles it
    import oss2

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # signature version 4 of oss2, on Python 3.12
)

FUNCTIONS = Path(oss_cdn_refresh.__file__).parent.parent
WHERE = "oss://settings/refresh/config.yml"


def text(domain: str = "www.example.com") -> str:
    return yaml.safe_dump({"sites": [{**SITE, "domains": [domain]}]})


def test_a_path_with_a_nul_is_refused(world: World) -> None:
    world.environ["REFRESH_CONFIG"] = "a\0b"
    with pytest.raises(ConfigurationError, match="the whole file: embedded null byte: set REFRESH_CONFIG to the file"):
        world.invoke(event(record()))


class Shelf:
    """The configuration in a bucket of OSS, and the requests of the function."""

    def __init__(self, bucket: Any) -> None:
        self._bucket = bucket
        self.gets: list[Request] = []

    def put(self, content: str | bytes) -> None:
        """Replace the configuration."""
        self._bucket.put_object("refresh/config.yml", content)

    def remove(self) -> None:
        """Delete the configuration."""
        self._bucket.delete_object("refresh/config.yml")


@pytest.fixture
def shelf(world: World) -> Iterator[Shelf]:
    with Oss(world.clock, ["settings"], keys=world.keys) as oss:
        session = oss2.Session()
        shelf = Shelf(oss2.Bucket(oss2.Auth("AK", "SECRET"), oss.url, "settings", session=session))
        shelf.put(text())

        def pass_on(request: Request) -> Reply:
            shelf.gets.append(request)
            return oss._serve(request)  # noqa: SLF001 - observes the stand-in

        with Server(pass_on) as listening:
            world.environ |= {"REFRESH_CONFIG": WHERE, "OSS_ENDPOINT": listening.url}
            world.deploy()
            yield shelf
        session.session.close()


def refreshed(world: World, domain: str) -> bool:
    """Whether a change of an object leads to a refresh on this domain."""
    world.cdn.calls.clear()
    world.invoke(event(record()))
    return world.cdn.accepted == {("File", url("a.jpg", domain))}


# A file


def test_a_file_is_read_once_an_instance(world: World) -> None:
    world.invoke(event(record()))
    Path(world.environ["REFRESH_CONFIG"]).write_text("broken", encoding="utf-8")
    world.clock.advance(3600)
    assert world.invoke(event(record()))["refreshed"] == 1
    world.deploy()
    with pytest.raises(ConfigurationError):
        world.invoke(event(record()))


def test_a_relative_path_begins_at_the_code_root(world: World) -> None:
    world.environ["REFRESH_CONFIG"] = os.path.relpath(world.environ["REFRESH_CONFIG"], FUNCTIONS)
    world.deploy()
    assert world.invoke(event(record()))["refreshed"] == 1


def test_a_missing_file_is_named(world: World) -> None:
    world.environ["REFRESH_CONFIG"] = "nowhere/config.yml"
    world.deploy()
    with pytest.raises(ConfigurationError, match=r"^nowhere/config\.yml: .+: .+: .+$"):
        world.invoke(event(record()))


def test_a_wrong_configuration_stops_the_handler_before_any_call(world: World) -> None:
    Path(world.environ["REFRESH_CONFIG"]).write_text("sites: []", encoding="utf-8")
    world.deploy()
    with pytest.raises(ConfigurationError, match=r"config\.yml: sites: .+: .+"):
        world.invoke([{"no": "record"}])
    assert (world.cdn.calls, world.smq.calls) == ([], [])


def test_initialize_raises_the_same_errors_as_the_handler(world: World) -> None:
    Path(world.environ["REFRESH_CONFIG"]).write_text("sites: []", encoding="utf-8")
    world.deploy()
    with pytest.raises(ConfigurationError) as at_the_start:
        world.instance.prepare(world.context, world.environ)
    with pytest.raises(ConfigurationError) as at_the_call:
        world.invoke(event(record()))
    assert str(at_the_start.value) == str(at_the_call.value)


def test_missing_credentials_are_an_error_before_any_call(world: World) -> None:
    del world.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]
    with pytest.raises(ConfigurationError, match="credentials"):
        world.invoke([{"no": "record"}])
    assert (world.cdn.calls, world.smq.calls) == ([], [])


def test_a_change_without_objects_of_oss_imports_neither_its_sdk_nor_requests(world: World) -> None:
    """Importing each of them takes longer than importing all the rest."""
    script = (
        "import os, sys, types, refresh\n"
        "refresh.initialize(types.SimpleNamespace(request_id='1'))\n"
        f"refresh.handler({event(record())!r}, types.SimpleNamespace(request_id='1'))\n"
        "print([name for name in sys.modules if name in ('oss2', 'requests', 'urllib3')])\n"
    )
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-c", script],
        cwd=FUNCTIONS,
        env={**os.environ, **world.environ},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


# An object of OSS


def test_a_configuration_in_oss_is_used(world: World, shelf: Shelf) -> None:
    assert refreshed(world, "www.example.com")
    assert [unquote(request.path) for request in shelf.gets] == ["/settings/refresh/config.yml"]


@pytest.mark.parametrize("region", ["", "cn-hangzhou"], ids=["no region", "a region"])
@pytest.mark.parametrize(("name", "key"), [("AK", "SECRET"), ("STS.AK", Key("SECRET", "token"))], ids=["key", "STS"])
def test_the_configuration_is_read_with_the_functions_credentials(
    world: World, shelf: Shelf, name: str, key: Any, region: str
) -> None:
    world.keys[name] = key
    world.context.region = region
    world.environ |= {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": name,
        "ALIBABA_CLOUD_SECURITY_TOKEN": getattr(key, "token", ""),
    }
    assert refreshed(world, "www.example.com")
    assert name in shelf.gets[0].headers["authorization"]
    assert shelf.gets[0].headers.get("x-oss-security-token") == (getattr(key, "token", "") or None)


def test_the_configuration_is_read_at_most_once_a_minute(world: World, shelf: Shelf) -> None:
    world.instance.prepare(world.context, world.environ)
    for _ in range(5):
        world.invoke(event(record()))
        world.clock.advance(10)
    assert len(shelf.gets) == 1


def test_a_changed_configuration_is_used_after_a_minute(world: World, shelf: Shelf) -> None:
    assert refreshed(world, "www.example.com")
    shelf.put(text("d1.example.com"))
    assert refreshed(world, "www.example.com")
    world.clock.advance(61)
    assert refreshed(world, "d1.example.com")


def test_an_unchanged_configuration_is_not_sent_again(world: World, shelf: Shelf) -> None:
    for _ in range(3):
        assert refreshed(world, "www.example.com")
        world.clock.advance(61)
    first, *later = shelf.gets
    assert "if-none-match" not in first.headers
    tag = hashlib.md5(text().encode(), usedforsecurity=False).hexdigest().upper()
    assert [request.headers["if-none-match"] for request in later] == [f'"{tag}"'] * 2


SPOILT = {
    "is gone": None,
    "is wrong": "sites: []",
    "is no YAML": "sites: [",
    "is no text": b"\xff\xfe\x00",
    "is empty": "\n",
}


@pytest.mark.parametrize("content", SPOILT.values(), ids=SPOILT)
def test_the_last_good_configuration_stays_with_a_warning(
    world: World, shelf: Shelf, content: str | bytes | None
) -> None:
    assert refreshed(world, "www.example.com")
    shelf.remove() if content is None else shelf.put(content)
    world.clock.advance(61)
    assert refreshed(world, "www.example.com")
    assert [line["level"] for line in world.lines if line["event"] == "configuration_kept"] == ["WARNING"]
    shelf.put(text("d1.example.com"))
    world.clock.advance(61)
    assert refreshed(world, "d1.example.com")


def test_after_a_failure_oss_is_not_called_again_within_a_minute(world: World, shelf: Shelf) -> None:
    world.invoke(event(record()))
    shelf.remove()
    world.clock.advance(61)
    for _ in range(3):
        world.invoke(event(record()))
        world.clock.advance(10)
    assert len(shelf.gets) == 2


@pytest.mark.parametrize("content", SPOILT.values(), ids=SPOILT)
def test_without_a_good_configuration_the_handler_raises(
    world: World, shelf: Shelf, content: str | bytes | None
) -> None:
    shelf.remove() if content is None else shelf.put(content)
    with pytest.raises(ConfigurationError, match=f"^{WHERE}: .+: .+: .+$"):
        world.invoke(event(record()))
    assert world.cdn.calls == []


@pytest.mark.parametrize(
    ("where", "endpoint"),
    [
        ("oss://", "http://127.0.0.1:9"),
        ("oss://settings", "http://127.0.0.1:9"),
        ("oss://settings/", "http://127.0.0.1:9"),
        ("oss:///config.yml", "http://127.0.0.1:9"),
        ("oss://My_Settings!/config.yml", "http://127.0.0.1:9"),
        ("oss://settings/config.yml", "http://127.0.0.1:9"),
        ("oss://settings/config.yml", "http://no-such-host.invalid"),
    ],
)
def test_an_unreadable_configuration_is_a_configuration_error(world: World, where: str, endpoint: str) -> None:
    world.environ |= {"REFRESH_CONFIG": where, "OSS_ENDPOINT": endpoint}
    with pytest.raises(ConfigurationError, match=r"^.+: .+: .+: .+$"):
        world.invoke(event(record()))


def test_the_endpoint_of_oss_comes_from_the_region(world: World) -> None:
    world.environ["REFRESH_CONFIG"] = WHERE
    world.context.region = ""
    with pytest.raises(ConfigurationError, match="OSS_ENDPOINT"):
        world.invoke(event(record()))


FAULTS = {
    "a 500": Response(500, b"<Error><Code>InternalError</Code></Error>"),
    "an HTML 502": Response(502, b"<html></html>"),
    "an error that is no text": Response(502, b"\xff\xfe"),
    "no right": Response(403, b"<Error><Code>AccessDenied</Code></Error>"),
    "a reset": Reset(),
    "an answer cut off": Response(200, b"sites:", {"Content-Length": "1000", "Connection": "close"}),
}


class Failing:
    """An OSS that answers with the configuration first, and later always with the same fault."""

    def __init__(self, fault: Reply) -> None:
        self._fault = fault
        self.asked = 0

    def __call__(self, _request: Request) -> Reply:
        """The answer to a request."""
        self.asked += 1
        return Response(200, text().encode(), {"ETag": '"1"'}) if self.asked == 1 else self._fault


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_failure_of_oss_keeps_the_last_good_configuration(world: World, fault: Reply) -> None:
    with Server(Failing(fault)) as oss:
        world.environ |= {"REFRESH_CONFIG": WHERE, "OSS_ENDPOINT": oss.url}
        assert refreshed(world, "www.example.com")
        world.clock.advance(61)
        assert refreshed(world, "www.example.com")
    assert "configuration_kept" in {line["event"] for line in world.lines}


@pytest.mark.load
@pytest.mark.parametrize("fault", [Silence(4), Drip(Response(200, b" " * 400), 0.01)], ids=["silence", "slow bytes"])
def test_a_slow_oss_does_not_block_the_function_beyond_its_timeout(world: World, fault: Reply) -> None:
    """The change must be refreshed with the last good configuration."""
    with Server(Failing(fault)) as oss:
        world.environ |= {"REFRESH_CONFIG": WHERE, "OSS_ENDPOINT": oss.url}
        world.in_real_time(timeout=4)
        assert refreshed(world, "www.example.com")
        world.clock.advance(61)
        before = time.monotonic()
        assert refreshed(world, "www.example.com")
        assert time.monotonic() - before < 3


def test_a_kept_configuration_is_requested_with_its_etag(world: World, shelf: Shelf) -> None:
    assert refreshed(world, "www.example.com")
    world.clock.advance(61)
    assert refreshed(world, "www.example.com")
    first, second = shelf.gets
    assert first.headers.get("if-none-match") is None
    assert second.headers.get("if-none-match")


@pytest.mark.parametrize("content", [text(), "sites: []", None], ids=["did not change", "is wrong", "is gone"])
def test_an_unchanged_configuration_is_requested_again_only_after_a_minute(
    world: World, shelf: Shelf, content: str | None
) -> None:
    assert refreshed(world, "www.example.com")
    shelf.remove() if content is None else shelf.put(content)
    for seconds in (60, 20, 20, 19):
        world.clock.advance(seconds)
        assert refreshed(world, "www.example.com")
    assert len(shelf.gets) == 2
    world.clock.advance(1)
    assert refreshed(world, "www.example.com")
    assert len(shelf.gets) == 3


def test_a_request_is_signed_with_version_4_if_the_region_is_known(world: World, shelf: Shelf) -> None:
    """Accounts opened since 2025 accept no other version."""
    assert refreshed(world, "www.example.com")
    assert shelf.gets[0].headers["authorization"].startswith("OSS4-HMAC-SHA256 ")


def test_another_location_is_another_configuration(world: World, tmp_path: Path) -> None:
    assert refreshed(world, "www.example.com")
    other = tmp_path / "other.yml"
    other.write_text(text("d1.example.com"))
    world.environ["REFRESH_CONFIG"] = str(other)
    assert refreshed(world, "d1.example.com")


# The endpoint of OSS


class Recorded(Session):
    """A session that records the requested URLs and answers like OSS."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.urls: list[str] = []
        self._answer = answer

    def send(self, sign: Callable[[], Sent], seconds: float, most_bytes: int = 0) -> Answer:  # noqa: ARG002 - the base
        """The same answer to every request."""
        self.urls.append(sign().url)
        return self._answer


def asked(endpoint: str, answer: Answer = Answer(200, {}, b"x")) -> str:  # noqa: B008 - it is frozen
    """The URL of the request for an object."""
    session = Recorded(answer)
    oss_object.read(
        WHERE,
        variable="REFRESH_CONFIG",
        endpoint=endpoint,
        region="cn-hangzhou",
        credentials=Credentials("AK", "SECRET"),
        session=session,
        timeout=60,
    )
    return session.urls[0]


@pytest.mark.parametrize(
    ("endpoint", "base"),
    [
        ("https://oss-cn-hangzhou.aliyuncs.com", "https://settings.oss-cn-hangzhou.aliyuncs.com"),
        ("https://oss-cn-hangzhou-internal.aliyuncs.com", "https://settings.oss-cn-hangzhou-internal.aliyuncs.com"),
        ("http://oss-accelerate.aliyuncs.com", "http://settings.oss-accelerate.aliyuncs.com"),
        ("https://oss-cn-beijing.aliyuncs.com:8443", "https://settings.oss-cn-beijing.aliyuncs.com:8443"),
        (
            "https://ep-1.oss.cn-beijing.privatelink.aliyuncs.com",
            "https://settings.ep-1.oss.cn-beijing.privatelink.aliyuncs.com",
        ),
        ("https://settings.oss-cn-hangzhou.aliyuncs.com", "https://settings.oss-cn-hangzhou.aliyuncs.com"),
        ("https://files.example.com", "https://files.example.com"),
        ("http://files.example.com:8080", "http://files.example.com:8080"),
        ("https://oss-files.example.com", "https://oss-files.example.com"),
        ("https://aliyuncs.com.example.com", "https://aliyuncs.com.example.com"),
        ("https://notaliyuncs.com", "https://notaliyuncs.com"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000/settings"),
        ("http://localhost:9000", "http://localhost:9000/settings"),
    ],
)
def test_an_endpoint_outside_aliyuncs_is_a_domain_bound_to_the_bucket(endpoint: str, base: str) -> None:
    assert unquote(asked(endpoint)) == f"{base}/refresh/config.yml"


def test_a_public_endpoint_that_the_account_may_not_use_has_a_remedy() -> None:
    body = b"<Error><Code>PublicEndpointForbidden</Code><Message>no</Message></Error>"
    with pytest.raises(ConfigurationError, match=r"PublicEndpointForbidden: set OSS_ENDPOINT .*-internal.* domain"):
        asked("https://oss-cn-hangzhou.aliyuncs.com", Answer(400, {}, body))


@pytest.mark.parametrize("code", ["x" * 200, "a b", "\n", "<b>", "長"])
def test_a_text_that_is_not_an_error_code_is_not_shown(code: str) -> None:
    body = f"<Error><Code>{escape(code)}</Code></Error>".encode()
    with pytest.raises(ConfigurationError, match=rf"^{WHERE}: the whole object: 400: see "):
        asked("https://oss-cn-hangzhou.aliyuncs.com", Answer(400, {}, body))
