"""What the APIs in JSON (CDN, RAM and STS, Function Compute) have in common: signed requests, parameters, answers.

The signature is ACS3-HMAC-SHA256. The code here follows its specification and is shared with no client: a mistake of a
client is not repeated here.
"""

import hashlib
import hmac
import json
import re
import uuid
from calendar import timegm
from collections.abc import Mapping, Sequence
from email.utils import formatdate
from math import inf
from time import strptime
from typing import Any
from urllib.parse import parse_qsl, quote

from local.account.credentials import Key, Keys, find
from local.account.errors import refused
from local.clock import Clock
from local.wire.faults import Refusal
from local.wire.serving import EMPTY, Request, Response

ALGORITHM = "ACS3-HMAC-SHA256"
REQUIRED = {"host", "x-acs-action", "x-acs-version", "x-acs-date", "x-acs-signature-nonce", "x-acs-content-sha256"}
AUTHORIZATION = re.compile(rf"{ALGORITHM} +Credential=([^,]+), *SignedHeaders=([^,]+), *Signature=([0-9a-f]{{64}})")
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
SKEW = 15 * 60.0  # seconds between a request's date and the service's time
FORM = "application/x-www-form-urlencoded"


def parameters(request: Request) -> dict[str, str]:
    """The parameters of an API call: from the query, as older SDKs send them, and from the form body, which wins."""
    is_form = request.headers.get("Content-Type", "").partition(";")[0].strip().lower() == FORM
    return {**request.parameters, **(request.form if is_form else {})}


def rpc_answer(
    now: float, content: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] = EMPTY
) -> Response:
    """An answer of an API of the RPC style; `now` is the service's time in seconds since the epoch."""
    request_id = str(uuid.uuid4()).upper()
    own = {
        "Content-Type": "application/json;charset=utf-8",
        "Date": formatdate(now, usegmt=True),
        "x-acs-request-id": request_id,
    }
    return Response(status, json.dumps({"RequestId": request_id, **content}).encode(), {**own, **headers})


def rpc_error(now: float, host: str, refusal: Refusal) -> Response:
    """An error of an API of the RPC style at its public host name."""
    content = {"HostId": host, "Code": refusal.code, "Message": refusal.message or refusal.code}
    return rpc_answer(now, content, refusal.status, refusal.headers)


class Gateway:
    """Admits a request once, if it is recent and signed with a known key.

    It reads `keys` on each request: a new or replaced key takes effect at once.
    """

    def __init__(self, clock: Clock, keys: Keys) -> None:
        self._clock = clock
        self._keys = keys
        self._nonces: set[str] = set()

    def admit(self, request: Request, skew: float = SKEW) -> str:
        """The id of the access key that signed this request, made at most `skew` seconds from now.

        Raises:
            Refused: with the code of the first check that fails.

        """
        authorization = AUTHORIZATION.fullmatch(request.headers.get("Authorization", ""))
        if authorization is None:
            raise refused("IncompleteSignature", "Authorization is missing or not readable.")
        identity, names, claimed = authorization.groups()
        signed = names.split(";")
        if missing := (REQUIRED - _sent(request)) | (_to_be_signed(request) - set(signed)):
            raise refused("IncompleteSignature", f"Not sent or not signed: {', '.join(sorted(missing))}.")
        self._check_age(request.headers["x-acs-date"], skew)
        key = self._known(identity, request.headers.get("x-acs-security-token", ""))
        canonical = _canonical(request, signed)
        if not hmac.compare_digest(_signature(canonical, key.secret), claimed):
            raise refused("SignatureDoesNotMatch", f"Canonical request: {canonical!r}")
        self._spend(request.headers["x-acs-signature-nonce"])
        return identity

    def _check_age(self, date: str, skew: float) -> None:
        made = timegm(strptime(date, "%Y-%m-%dT%H:%M:%SZ")) if DATE.fullmatch(date) else -inf
        if abs(self._clock.now() - made) > skew:
            raise refused("InvalidTimeStamp.Expired")

    def _known(self, identity: str, token: str) -> Key:
        key = find(self._keys, identity)
        if key is None:
            raise refused("InvalidAccessKeyId.NotFound")
        if key.token and not token:
            raise refused("MissingSecurityToken")
        if token != key.token:
            raise refused("InvalidSecurityToken.Malformed")
        if self._clock.now() >= key.expires:
            raise refused("InvalidSecurityToken.Expired")
        return key

    def _spend(self, nonce: str) -> None:
        if nonce in self._nonces:
            raise refused("SignatureNonceUsed")
        self._nonces.add(nonce)


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
