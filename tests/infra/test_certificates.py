"""The layer's folder of CA certificates: OpenSSL finds the same authorities in it as in the bundle."""

import datetime as dt
import shutil
import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path

import certifi
import pytest
from certificates import VARIABLES
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.name import _ASN1Type as Kind
from cryptography.x509.oid import NameOID

from layers import certificates
from oss_cdn_refresh.model.errors import ConfigurationError, ConnectionFailed
from oss_cdn_refresh.transport.session import Answer, Request, Session
from oss_cdn_refresh.transport.tls import tls_context
from oss_cdn_refresh_box.wire.certificate import Authority
from oss_cdn_refresh_box.wire.serving import Response, Server

OPENSSL = shutil.which("openssl")
needs_openssl = pytest.mark.skipif(not OPENSSL, reason="openssl is not there to compare with")


def pem_of(subject: x509.Name) -> str:
    """A certificate of an authority with that name."""
    key = ec.generate_private_key(ec.SECP256R1())
    day = dt.datetime(2026, 11, 22, tzinfo=dt.timezone.utc)
    builder = x509.CertificateBuilder(subject, subject, key.public_key(), 1, day, day.replace(year=2036))
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def named(text: str, kind: Kind = Kind.UTF8String, oid: x509.ObjectIdentifier = NameOID.COMMON_NAME) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, text, kind)])


SUBJECTS = {
    "a short name": named("Root"),
    "a printable name": named("ROOT ca 1", Kind.PrintableString),
    "an IA5 name": named("Root CA", Kind.IA5String, NameOID.EMAIL_ADDRESS),
    "a teletex name": named("Root CA", Kind.T61String),
    "a BMP name": named("Wurzel \u00c4 \u4e2d", Kind.BMPString),
    "a universal name": named("Wurzel \u00c4 \u4e2d", Kind.UniversalString),
    "a numeric name": named("12 34", Kind.NumericString, NameOID.SERIAL_NUMBER),
    "spaces and capitals": named("  ROOT \t of \n  All  "),
    "letters beyond ASCII": named("\u00c9TAT \u0130 \u2003 x"),
    "a long name": named("Long Name " * 6),
    "several attributes": x509.Name([*named("US", Kind.PrintableString, NameOID.COUNTRY_NAME), *named("Root")]),
    "attributes side by side": x509.Name(
        [
            x509.RelativeDistinguishedName(
                [
                    *named("zz Root"),
                    *named("An Organisation", oid=NameOID.ORGANIZATION_NAME),
                    *named("a", oid=NameOID.TITLE),
                ]
            )
        ]
    ),
}


def by_openssl(pem: str) -> str:
    command = [str(OPENSSL), "x509", "-noout", "-subject_hash"]
    return subprocess.run(command, input=pem, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603


@needs_openssl
@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_a_name_has_the_hash_that_openssl_gives_it(subject: x509.Name) -> None:
    pem = pem_of(subject)
    assert certificates.subject_hash(ssl.PEM_cert_to_DER_cert(pem)) == by_openssl(pem)


@needs_openssl
def test_every_certificate_of_certifi_is_found_by_its_name(tmp_path: Path) -> None:
    count = certificates.write(Path(certifi.where()), tmp_path / "hashed")
    files = list((tmp_path / "hashed").iterdir())
    assert count == len(files) == len(ssl.create_default_context(cafile=certifi.where()).get_ca_certs())
    assert [file.name for file in files if by_openssl(file.read_text()) != file.stem] == []


def test_several_certificates_of_one_name_are_found(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.pem"
    bundle.write_text("".join(f"# a comment\n{pem_of(named('Root'))}" for _ in range(2)))
    certificates.write(bundle, tmp_path / "hashed")
    assert sorted(file.suffix for file in (tmp_path / "hashed").iterdir()) == [".0", ".1"]


# The function's session with the layer's packages


@pytest.fixture
def authority() -> Authority:
    return Authority()


def install(site: Path, monkeypatch: pytest.MonkeyPatch, authorities: Sequence[Authority]) -> Path:
    """A `certifi` that trusts these authorities, with the layer's folder, ahead of the real one; its package."""
    package = site / "certifi"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    bundles = [one.bundle(site / f"{number}.pem").read_text() for number, one in enumerate(authorities)]
    (package / "cacert.pem").write_text("".join(bundles))
    certificates.write(package / "cacert.pem", package / "hashed")
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.syspath_prepend(site)
    return package


def asked(authority: Authority) -> Answer:
    """The answer of a peer with a certificate of an authority."""
    with Server(lambda _: Response(200, b"fine"), tls=authority.server_context()) as peer:
        return Session().send(lambda: Request("GET", f"{peer.url}/", {}, b""), 5)


def test_a_peer_is_verified_by_the_folder_of_the_layer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    install(tmp_path, monkeypatch, [Authority(), authority])
    assert asked(authority).body == b"fine"


def test_a_peer_whose_authority_is_not_in_the_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    install(tmp_path, monkeypatch, [Authority()])
    with pytest.raises(ConnectionFailed, match="CERTIFICATE_VERIFY_FAILED"):
        asked(authority)


def test_the_folder_of_the_layer_saves_loading_the_bundle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    package = install(tmp_path, monkeypatch, [authority])
    (package / "cacert.pem").unlink()
    assert asked(authority).body == b"fine"


def test_a_variable_that_names_certificates_counts_more_than_the_layer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    install(tmp_path / "site", monkeypatch, [Authority()])
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.bundle(tmp_path / "ours.pem")))
    assert asked(authority).body == b"fine"


def test_without_the_folder_the_bundle_of_certifi_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    bundle = ssl.create_default_context(cafile=certifi.where())
    assert tls_context().cert_store_stats() == bundle.cert_store_stats()


def test_an_empty_folder_says_that_the_layer_is_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = install(tmp_path, monkeypatch, [Authority()])
    for file in (package / "hashed").iterdir():
        file.unlink()
    with pytest.raises(
        ConfigurationError, match=r"environment: certifi: .* holds no certificate: deploy the layer again"
    ):
        Session().prepare("https://cdn.aliyuncs.com")
