"""Accounts opened since 2025-03-20 cannot use the public endpoint: the error names the remedy, a bound domain works."""

import json
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from audited import Audited
from command import run
from healthy import a_healthy_account

from oss_cdn_refresh.transport.oss_object import is_bound_domain

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)
BOUND = "origin.example.com"
COMMANDS: Sequence[Sequence[str]] = (
    ("inventory", "oss://my-site/", "-o", "INVENTORY"),
    ("refresh", "oss://my-site/"),
    ("refresh", "--now", "oss://my-site/"),
    ("audit", "oss://my-site/", "--connect-to", "EDGE"),
    ("audit", "--keys", "KEYS", "--connect-to", "EDGE"),
    ("validate", "--refresh-config", "oss://my-site/config.yml"),
    ("validate", "--refresh-config", "oss://my-site/config.yml", "--key", "my-site/a.jpg"),
)
each_command = pytest.mark.parametrize("words", COMMANDS, ids=" ".join)


@pytest.fixture
def forbidden(site: Audited) -> Audited:
    """A bucket of an account that may not use the public endpoint."""
    (site.folder / "KEYS").write_text("my-site/a.jpg\n")
    site.hold({"a.jpg": b"x", "config.yml": (site.folder / "config.yml").read_bytes()})
    site.visit("a.jpg", "config.yml")
    site.oss.public_forbidden = True
    site.oss.cnames["my-site"] = {BOUND: False}
    return site


@pytest.fixture
def resolved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Resolve the bound domain to this machine."""
    resolve = socket.getaddrinfo

    def here(host: Any, *rest: Any, **named: Any) -> Any:
        return resolve("127.0.0.1" if host == BOUND else host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", here)


def call(site: Audited, words: Sequence[str], **environ: str) -> tuple[int, str]:
    """The exit code and the text on stderr."""
    files = {word: str(site.folder / word) for word in ("KEYS", "INVENTORY")} | {"EDGE": site.address}
    words = [files.get(word, word) for word in words]
    result = run(*words, environ={**site.world.environ, **environ}, clock=site.world.clock)
    return result.exit_code, result.stderr


@each_command
def test_the_remedy_is_named_in_one_line(forbidden: Audited, words: Sequence[str]) -> None:
    code, errors = call(forbidden, words)
    assert (code, errors.count("Error: ")) == (2, 1)
    assert "PublicEndpointForbidden" in errors
    assert "set OSS_ENDPOINT to the internal endpoint" in errors
    assert "a domain that is bound to the bucket" in errors


@each_command
@pytest.mark.usefixtures("resolved")
def test_a_bound_domain_works(forbidden: Audited, words: Sequence[str]) -> None:
    port = urlsplit(forbidden.oss.url).port
    code, errors = call(forbidden, words, OSS_ENDPOINT=f"http://{BOUND}:{port}")
    assert (code, "Error" in errors) == (0, False), errors


def test_doctor_names_the_remedy(tmp_path: Path) -> None:
    with a_healthy_account(tmp_path) as account:
        account.cloud.oss.public_forbidden = True
        result = account.call("--json")
    remedies = {each["remedy"] for each in json.loads(result.stdout) if "PublicEndpointForbidden" in each["detail"]}
    assert remedies
    assert all("set OSS_ENDPOINT to the internal endpoint" in remedy for remedy in remedies)


@pytest.mark.parametrize(
    ("endpoint", "bound"),
    [
        ("https://oss-cn-hangzhou.aliyuncs.com", False),
        ("https://oss-cn-hangzhou-internal.aliyuncs.com", False),
        ("https://my-site.oss-cn-hangzhou.aliyuncs.com", False),
        ("http://127.0.0.1:8080", False),
        ("http://[::1]:8080", False),
        ("http://localhost:8080", False),
        ("https://static.example.com", True),
        ("https://static.example.com.", True),
        ("https://aliyuncs.com.example.org", True),
        ("https://myaliyuncs.com", True),
        ("https://1.example", True),
        ("", False),
    ],
)
def test_a_bound_domain_is_distinguished_from_an_endpoint(endpoint: str, bound: bool) -> None:
    assert is_bound_domain(endpoint) is bound
