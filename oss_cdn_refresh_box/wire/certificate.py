"""A certificate for https on loopback, from an authority that only those trust who are told to."""

import ssl
from pathlib import Path

import trustme


class Authority:
    """A certificate authority of its own."""

    def __init__(self) -> None:
        self._authority = trustme.CA()

    def server_context(self, *names: str) -> ssl.SSLContext:
        """What a stand-in needs to serve https under these names, 127.0.0.1 where none is given."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert(*(names or ("127.0.0.1",))).configure_cert(context)
        return context

    def bundle(self, path: Path, *, beside: Path | None = None) -> Path:
        """A CA bundle that trusts the authority, beside those of another bundle."""
        others = beside.read_bytes() if beside else b""
        path.write_bytes(others + b"\n" + self._authority.cert_pem.bytes())
        return path
