"""What the APIs in JSON (CDN, RAM and STS, Function Compute) have in common: signed requests, parameters, answers.

Requests are signed with version 3 of the signature, or with version 1, as older SDKs do.
"""

import hmac
import json
import re
import uuid
from calendar import timegm
from collections.abc import Mapping
from email.utils import formatdate
from math import inf
from time import strptime
from typing import Any

from oss_cdn_refresh_box.account import signature_v1, signature_v3
from oss_cdn_refresh_box.account.credentials import Key, Keys, find
from oss_cdn_refresh_box.account.errors import refused
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.wire.faults import Refusal
from oss_cdn_refresh_box.wire.serving import EMPTY, Request, Response

DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
SKEW = 15 * 60.0  # seconds between a request's date and the service's time


def parameters(request: Request) -> dict[str, str]:
    """The parameters of an API call: from the query, as older SDKs send them, and from the form body, which wins."""
    return {**request.parameters, **signature_v1.form(request)}


def operation(request: Request) -> tuple[str, str]:
    """Version and action of a call: the query names them where it holds a signature of version 1, else the headers."""
    if signature_v1.is_signed(request):
        return request.parameters.get("Version", ""), request.parameters.get("Action", "")
    return request.headers.get("x-acs-version", ""), request.headers.get("x-acs-action", "")


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
        read = signature_v1.read if signature_v1.is_signed(request) else signature_v3.read
        signed = read(request)
        self._check_age(signed.date, skew)
        key = self._known(signed.identity, signed.token)
        if not hmac.compare_digest(signed.sign(signed.text, key.secret).encode(), signed.claimed.encode()):
            raise refused("SignatureDoesNotMatch", f"What is signed: {signed.text!r}")
        self._spend(signed.nonce)
        return signed.identity

    def _check_age(self, date: str, skew: float) -> None:
        made = timegm(strptime(date, "%Y-%m-%dT%H:%M:%SZ")) if DATE.fullmatch(date) else -inf
        if self._clock.skew(made) > skew:
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
