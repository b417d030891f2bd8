"""`--connect-to` sends requests for every domain to one address, as curl does; the certificate is the domain's."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from audited import DOMAIN
from certificates import certificate
from command import run
from world import World, url

from oss_cdn_refresh_box.cdn import Edge, Origin
from oss_cdn_refresh_box.oss import Oss


@contextmanager
def shown_by(world: World, folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    """An edge over https with a certificate of this name: its address, and the file of its authority."""
    file, tls = certificate(folder, address=name)
    world.environ["XDG_STATE_HOME"] = str(folder)
    with Oss(world.clock, ["my-site"]) as oss:
        world.environ["OSS_ENDPOINT"] = oss.url
        oss.stock("my-site", {"a.jpg": b"x", "index.html": b"y"})
        world.clock.advance(3_600)
        with Edge(world.clock, {DOMAIN: [Origin(f"{oss.url}/my-site")]}, tls=tls) as edge:
            yield urlsplit(edge.url).netloc, file


def audit(world: World, address: str, trusted: Path) -> tuple[int, str]:
    """The exit code and the output."""
    environ = {**world.environ, "REQUESTS_CA_BUNDLE": str(trusted)}
    result = run("audit", "oss://my-site", "--connect-to", address, environ=environ, clock=world.clock)
    return result.exit_code, result.stdout


def test_the_certificate_of_the_domain_is_verified_and_not_that_of_the_address(world: World, tmp_path: Path) -> None:
    with shown_by(world, tmp_path, DOMAIN) as (address, trusted):
        code, text = audit(world, address, trusted)
    assert (code, "3 URLs checked, 0 stale" in text) == (0, True)


def test_a_certificate_of_another_name_is_refused(world: World, tmp_path: Path) -> None:
    with shown_by(world, tmp_path, "127.0.0.1") as (address, trusted):
        code, text = audit(world, address, trusted)
    assert (code, "certificate" in text, url() in text) == (2, True, True)


def test_an_untrusted_certificate_is_refused(world: World, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    other, _ = certificate(tmp_path / "other", address=DOMAIN)
    with shown_by(world, tmp_path, DOMAIN) as (address, _):
        code, text = audit(world, address, other)
    assert (code, "certificate verify failed" in text) == (2, True)


def test_an_edge_without_tls_is_reported(world: World, tmp_path: Path) -> None:
    world.environ["XDG_STATE_HOME"] = str(tmp_path)
    with Oss(world.clock, ["my-site"]) as oss:
        world.environ["OSS_ENDPOINT"] = oss.url
        oss.stock("my-site", {"a.jpg": b"x"})
        world.clock.advance(3_600)
        with Edge(world.clock, {DOMAIN: []}) as edge:
            result = run(
                "audit", "oss://my-site", "--connect-to", urlsplit(edge.url).netloc,
                environ=world.environ, clock=world.clock,
            )  # fmt: skip
    assert (result.exit_code, "no answer: " in result.stdout) == (2, True)
