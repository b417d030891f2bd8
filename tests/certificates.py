"""Makes certificates for stand-ins over https."""

import ssl
from pathlib import Path

import pytest

from oss_cdn_refresh_box.wire.certificate import Authority

VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


def certificate(folder: Path, *, address: str = "127.0.0.1") -> tuple[Path, ssl.SSLContext]:
    """A certificate for an address: the file for clients that trust it, and the TLS context of its server."""
    authority = Authority()
    return authority.bundle(folder / f"{address}.pem"), authority.server_context(address)


def trust(monkeypatch: pytest.MonkeyPatch, file: Path | str, variable: str = "REQUESTS_CA_BUNDLE") -> None:
    """Trust only the certificates in this file, through this environment variable."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, str(file))
