"""Proxies, a .netrc and certificates of the operator's machine do not change the result of a command."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from certificates import VARIABLES, certificate
from click.testing import Result
from command import run
from healthy import Healthy, a_healthy_account
from world import World, event, record

from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh_box.cdn import Edge, Origin
from oss_cdn_refresh_box.cdn.api import Cdn
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.oss import Oss
from oss_cdn_refresh_box.smq.service import Smq
from oss_cdn_refresh_box.wire.serving import Request, Response, Server
from oss_cdn_refresh_cli.shared.isolation import proxy_of

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)
COMMANDS: Mapping[str, Sequence[str]] = {
    "the CDN": ("quota",),
    "SMQ": ("backlog",),
    "oss2": ("inventory", "oss://my-site/", "-o", "INVENTORY"),
    "oss2 and the edge": ("audit", "--keys", "KEYS", "--grace", "0", "--connect-to", "EDGE"),
    "Function Compute's SDK": ("invoke", "EVENT"),
    "the function's session": ("refresh", "--now", "--keys", "KEYS"),
    "a configuration in OSS": ("validate", "--refresh-config", "oss://my-site/config.yml"),
    "RAM and STS": ("doctor",),
}
each_client = pytest.mark.parametrize("name", COMMANDS)


class Machine:
    """An account, an edge, and a proxy that no client should use; `proxied` are the requests of the proxy."""

    def __init__(self, account: Healthy, edge: Edge, proxy: Server, proxied: list[Request]) -> None:
        self.account = account
        self.edge = edge
        self.proxy = proxy
        self.proxied = proxied

    def call(self, name: str, **environ: str) -> Result:
        """A command in this process, with further variables."""
        files = {word: str(self.account.folder / word) for word in ("KEYS", "EVENT", "INVENTORY")}
        files["EDGE"] = self.edge.url.partition("//")[2]
        words = [files.get(word, word) for word in COMMANDS[name]]
        environ = {**self.account.environ, **environ}
        return run(*words, environ=environ, clock=self.account.machine, credentials=lambda: self.account.credentials)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    folder = tmp_path_factory.mktemp("machine")
    proxied: list[Request] = []

    def refuse(request: Request) -> Response:
        proxied.append(request)
        return Response(502, b"a proxy")

    with a_healthy_account(folder) as healthy, Server(refuse) as proxy:
        healthy.environ |= {"XDG_STATE_HOME": str(folder)}
        healthy.environ.pop("ALIBABA_CLOUD_REGION_ID")  # so that OSS is asked with the signature that is verified
        config = (folder / "config.yml").read_bytes()
        healthy.cloud.oss.stock("my-site", {"a.jpg": b"x", "config.yml": config})
        (folder / "KEYS").write_text("my-site/a.jpg\n")
        (folder / "EVENT").write_bytes(event(record("a.jpg")))
        origin = Origin(f"{healthy.cloud.oss.url}/my-site")
        domains = {domain: [origin] for domain in ("www.example.com", "static.example.com", "img.example.com")}
        with Edge(healthy.cloud.clock, domains) as edge:
            yield Machine(healthy, edge, proxy, proxied)


def usual(machine: Machine, name: str) -> tuple[int, str]:
    """The result of the command on a machine without proxy, netrc and CA bundle."""
    result = machine.call(name)
    return result.exit_code, result.stdout


@each_client
@pytest.mark.parametrize("case", [str.upper, str.lower], ids=["upper", "lower"])
def test_no_client_uses_a_proxy(machine: Machine, name: str, case: Any) -> None:
    machine.proxied.clear()
    proxies = {case(variable): machine.proxy.url for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")}
    result = machine.call(name, **proxies)
    assert (machine.proxied, result.exit_code) == ([], usual(machine, name)[0])


@each_client
def test_no_client_reads_a_netrc(machine: Machine, name: str, tmp_path: Path) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\ndefault login x password y\n")
    expected = usual(machine, name)[0]
    for variables in ({"HOME": str(tmp_path)}, {"NETRC": str(tmp_path / ".netrc")}):
        assert machine.call(name, **variables).exit_code == expected


@each_client
def test_a_missing_certificate_file_is_reported(machine: Machine, name: str) -> None:
    for variable in VARIABLES:
        result = machine.call(name, **{variable: "/nowhere/ca.pem"})
        assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
        assert f"{variable}: /nowhere/ca.pem" in result.stderr


@contextmanager
def over_https(folder: Path) -> Iterator[tuple[Path, dict[str, str]]]:
    """CDN, SMQ and OSS over https: the file of their authority, and the environment."""
    file, tls = certificate(folder)
    clock, keys = Clock(), {"AK": "SECRET"}
    with ExitStack() as stack:
        cdn = stack.enter_context(Cdn(clock, ["www.example.com"], keys=keys, tls=tls))
        smq = stack.enter_context(Smq(clock, ["backlog", "dead-letters"], keys=keys, tls=tls))
        oss = stack.enter_context(Oss(clock, ["my-site"], tls=tls))
        oss.stock("my-site", {"a.jpg": b"x"})
        (folder / "config.yml").write_text("sites: [{bucket: my-site, domains: [www.example.com]}]")
        yield (
            file,
            {
                "CDN_ENDPOINT": cdn.url,
                "SMQ_ENDPOINT": smq.url,
                "OSS_ENDPOINT": oss.url,
                "BACKLOG_QUEUE": "backlog",
                "REFRESH_CONFIG": str(folder / "config.yml"),
            },
        )


OVER_HTTPS = pytest.mark.parametrize("words", [("quota",), ("backlog",), ("inventory", "oss://my-site/")], ids=" ".join)


@pytest.mark.parametrize("variable", VARIABLES)
@OVER_HTTPS
def test_every_client_trusts_the_same_file(tmp_path: Path, words: Sequence[str], variable: str) -> None:
    words = (*words, "-o", str(tmp_path / "out")) if words[0] == "inventory" else words
    with over_https(tmp_path) as (file, environ):
        result = run(*words, environ={**environ, variable: str(file)}, clock=Clock())
    assert result.exit_code == 0, result.output


@OVER_HTTPS
def test_no_client_trusts_an_untrusted_certificate(tmp_path: Path, words: Sequence[str]) -> None:
    words = (*words, "-o", str(tmp_path / "out")) if words[0] == "inventory" else words
    with over_https(tmp_path) as (_, environ):
        assert run(*words, environ=environ, clock=Clock()).exit_code == 2


def test_the_first_variable_that_is_set_names_the_file(tmp_path: Path) -> None:
    other, _ = certificate(tmp_path, address="other")
    with over_https(tmp_path) as (file, environ):
        both = {"REQUESTS_CA_BUNDLE": str(file), "SSL_CERT_FILE": str(other)}
        assert run("quota", environ={**environ, **both}, clock=Clock()).exit_code == 0
        assert run("backlog", environ={**environ, **both}, clock=Clock()).exit_code == 0


def test_an_error_without_an_answer_names_the_proxy_that_is_not_used(world: World) -> None:
    environ = {**world.environ, "SMQ_ENDPOINT": "http://127.0.0.1:1", "https_proxy": "http://proxy:3128"}
    result = run("backlog", environ=environ, clock=world.clock, credentials=lambda: Credentials("AK", "SECRET"))
    assert (result.exit_code, "https_proxy is set, and no client" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("environ", "name"),
    [
        ({}, ""),
        ({"HTTPS_PROXY": ""}, ""),
        ({"NO_PROXY": "*"}, ""),
        ({"http_proxy": "x"}, "http_proxy"),
        ({"ALL_PROXY": "x"}, "ALL_PROXY"),
        ({"all_proxy": "x", "HTTPS_PROXY": "y"}, "HTTPS_PROXY"),
    ],
)
def test_the_variable_that_asks_for_a_proxy(environ: Mapping[str, str], name: str) -> None:
    assert proxy_of(environ) == name
