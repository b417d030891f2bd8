"""Certificates for stand-ins over https, made when they are needed."""

import ssl
from pathlib import Path

import pytest

from local.wire.certificate import Authority

VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE")


def certificate(folder: Path, *, address: str = "127.0.0.1") -> tuple[Path, ssl.SSLContext]:
    """A certificate for an address: the file to trust it by, and the context of a server that shows it."""
    authority = Authority()
    return authority.bundle(folder / f"{address}.pem"), authority.server_context(address)


def trust(monkeypatch: pytest.MonkeyPatch, file: Path | str, variable: str = "REQUESTS_CA_BUNDLE") -> None:
    """Trust only what is in this file, named by this variable."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, str(file))
