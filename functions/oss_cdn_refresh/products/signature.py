"""The V3 signature of Alibaba Cloud's APIs (ACS3-HMAC-SHA256), the same as in the official SDKs.

Source: "Request syntax and signature method V3", Alibaba Cloud SDK documentation.
"""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote

ALGORITHM = "ACS3-HMAC-SHA256"


def authorization(
    method: str,
    headers: Mapping[str, str],
    parameters: Mapping[str, str],
    body: bytes,
    *,
    access_key_id: str,
    access_key_secret: str,
) -> str:
    """The `Authorization` header of a request to `/`. It signs all `headers`, whose names are lower-case."""
    names = ";".join(sorted(headers))
    canonical = "\n".join(
        (
            method,
            "/",
            query_string(parameters),
            "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers)),
            names,
            hashlib.sha256(body).hexdigest(),
        )
    )
    to_sign = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(access_key_secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Credential={access_key_id},SignedHeaders={names},Signature={signature}"


def query_string(parameters: Mapping[str, str]) -> str:
    """The query string of a request: sorted and encoded as the signature requires."""
    return "&".join(f"{_quoted(name)}={_quoted(parameters[name])}" for name in sorted(parameters))


def _quoted(text: str) -> str:
    return quote(text, safe="~")
