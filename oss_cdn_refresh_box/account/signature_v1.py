"""Requests signed with HMAC-SHA1 (version 1 of the signature, RPC style), as older SDKs sign them in the query.

The signature covers every parameter of the query and of the form body, and no header. Source: "Request syntax and
signature method V1 (RPC)" of the OpenAPI documentation. The worked examples on CDN's own signature page are wrong.
"""

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl, quote

from oss_cdn_refresh_box.account.errors import refused
from oss_cdn_refresh_box.account.signed import Signed
from oss_cdn_refresh_box.wire.serving import Request

REQUIRED = {"AccessKeyId", "Action", "SignatureMethod", "SignatureNonce", "SignatureVersion", "Timestamp", "Version"}
FORM = "application/x-www-form-urlencoded"


def is_signed(request: Request) -> bool:
    """Whether a request carries a signature of this version."""
    return "Signature" in request.parameters


def form(request: Request) -> dict[str, str]:
    """The parameters of the form body; a body of another type holds none."""
    sent = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return request.form if sent == FORM else {}


def read(request: Request) -> Signed:
    """What the request says about its signature.

    Raises:
        Refused: the signature is incomplete, or made with another method.

    """
    query = request.parameters
    if missing := {name for name in REQUIRED if not query.get(name)}:
        raise refused("IncompleteSignature", f"Not sent: {', '.join(sorted(missing))}.")
    if (query["SignatureMethod"], query["SignatureVersion"]) != ("HMAC-SHA1", "1.0"):
        raise refused("IncompleteSignature", "The signature method is not HMAC-SHA1, version 1.0.")
    return Signed(
        identity=query["AccessKeyId"],
        token=query.get("SecurityToken", ""),
        date=query["Timestamp"],
        nonce=query["SignatureNonce"],
        text=_text(request),
        claimed=query["Signature"],
        sign=_signature,
    )


def _text(request: Request) -> str:
    given = parse_qsl(request.query, keep_blank_values=True) + list(form(request).items())
    pairs = sorted((quote(name, ""), quote(value, "")) for name, value in given if name != "Signature")
    canonical = "&".join(f"{name}={value}" for name, value in pairs)
    return f"{request.method}&{quote('/', '')}&{quote(canonical, '')}"


def _signature(text: str, secret: str) -> str:
    digest = hmac.new(f"{secret}&".encode(), text.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()
