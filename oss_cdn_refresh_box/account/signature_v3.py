"""Requests signed with ACS3-HMAC-SHA256 (version 3 of the signature), as today's SDKs sign them in headers.

The code here follows the signature's specification and is shared with no client: a mistake of a client is not repeated.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from urllib.parse import parse_qsl, quote

from oss_cdn_refresh_box.account.errors import refused
from oss_cdn_refresh_box.account.signed import Signed
from oss_cdn_refresh_box.wire.serving import Request

ALGORITHM = "ACS3-HMAC-SHA256"
REQUIRED = {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"}
AUTHORIZATION = re.compile(rf"{ALGORITHM} +Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{{64}})")


def read(request: Request) -> Signed:
    """What the request says about its signature.

    Raises:
        Refused: the signature is incomplete.

    """
    authorization = AUTHORIZATION.fullmatch(request.headers.get("Authorization", ""))
    if authorization is None:
        raise refused("IncompleteSignature", "Authorization is missing or not readable.")
    identity, names, claimed = authorization.groups()
    signed = names.split(";")
    if missing := (REQUIRED - _sent(request)) | (_to_be_signed(request) - set(signed)):
        raise refused("IncompleteSignature", f"Not sent or not signed: {', '.join(sorted(missing))}.")
    return Signed(
        identity=identity,
        token=request.headers.get("x-acs-security-token", ""),
        date=request.headers["x-acs-date"],
        nonce=request.headers["x-acs-signature-nonce"],
        text=_canonical(request, signed),
        claimed=claimed,
        sign=_signature,
    )


def _sent(request: Request) -> set[str]:
    return {name.lower() for name, value in request.headers.items() if value}


def _to_be_signed(request: Request) -> set[str]:
    return {name for name in _sent(request) if name in {"host", "content-type"} or name.startswith("x-acs-")}


def _canonical(request: Request, signed: Sequence[str]) -> str:
    """The canonical request, from what arrived: the body's hash is taken of the body, not of the header."""
    pairs = sorted(
        (quote(name, ""), quote(value, "")) for name, value in parse_qsl(request.query, keep_blank_values=True)
    )
    headers = "".join(f"{name}:{(request.headers.get(name) or '').strip()}\n" for name in sorted(signed))
    return "\n".join(
        (
            request.method,
            request.path,
            "&".join(f"{name}={value}" for name, value in pairs),
            headers,
            ";".join(signed),
            hashlib.sha256(request.body).hexdigest(),
        )
    )


def _signature(canonical: str, secret: str) -> str:
    text = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()
