"""Function Compute's API on loopback: InvokeFunction and what is read of functions; version 2023-03-30, ROA style.

Facts: Function Compute 3.0, "InvokeFunction" and "Invoke a function"; the client that it has to satisfy is
`alibabacloud-fc20230330`. UNCONFIRMED: the codes of what is no function's fault but FunctionNotFound and
AsyncConfigNotExists, and the sizes' error.
"""

import json
import re
import ssl
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from local.account.credentials import Credential
from local.account.errors import Refused
from local.account.gateway import Gateway
from local.clock import Clock
from local.fc import reading
from local.fc.compute import FunctionCompute
from local.fc.registry import Registered
from local.wire.faults import Faults, Refusal
from local.wire.serving import EMPTY, Reply, Request, Response, StandIn

PATH = re.compile(r"/2023-03-30/functions/([^/]+)/invocations")
TYPE = "x-fc-invocation-type"
LARGEST = {"Sync": 32 * 1024 * 1024, "Async": 128 * 1024}  # bytes; "Limits", payload of an invocation
SKEW = 15 * 60.0  # seconds


class Call(NamedTuple):
    """One invocation as it was decided; `code` is "" where the function was called."""

    function: str
    type: str
    event: bytes
    code: str = ""


class Api(StandIn):
    """The API behind a port of 127.0.0.1; use it as a context manager.

    keys: secrets by access key id, or whole credentials; read again on each call.
    calls: every invocation so far, in order.
    functions: what is told of each function, by name; layers: of each layer's version, by ARN. Both may be changed.
    denied: the actions that no policy allows anybody, such as "GetFunction".
    """

    def __init__(
        self,
        compute: FunctionCompute,
        clock: Clock,
        *,
        keys: Mapping[str, str | Credential],
        functions: Mapping[str, Registered] = {},
        layers: Mapping[str, Mapping[str, Any]] = {},
        faults: Faults | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.calls: list[Call] = []
        self.faults = faults or Faults()
        self.functions = dict(functions)
        self.layers = dict(layers)
        self.denied: set[str] = set()
        self._compute = compute
        self._gateway = Gateway(clock, keys)
        super().__init__(self._serve, tls=tls, name="fc-api")

    def _serve(self, request: Request) -> Reply:
        return self.faults.strike(request, lambda: self._answer(request), _error)

    def _answer(self, request: Request) -> Response:
        if request.method == "GET":
            return self._read(request)
        path, kind = PATH.fullmatch(request.path), request.headers.get(TYPE) or "Sync"
        name = unquote(path[1]) if path else ""
        try:
            self._gateway.admit(request, SKEW)
            refusal = self._refusal(request, name, kind)
        except Refused as no:
            refusal = no.refusal
        self.calls.append(Call(name, kind, request.body, refusal.code if refusal else ""))
        if refusal:
            return _error(refusal)
        return self._invoke(name, kind, request.body)

    def _refusal(self, request: Request, name: str, kind: str) -> Refusal | None:
        if not name or request.method != "POST":
            return reading.unknown(request)
        if name not in self._compute.names:
            return reading.no_function(name)
        if kind not in LARGEST:
            return Refusal(400, "InvalidArgument", f"{TYPE} is '{kind}'")
        if len(request.body) > LARGEST[kind]:
            return Refusal(413, "RequestEntityTooLarge", f"the payload has {len(request.body)} bytes")
        return None

    def _invoke(self, name: str, kind: str, event: bytes) -> Response:
        deployed, queue = self._compute.names[name]
        if kind == "Async":
            return Response(202, b"", {"X-Fc-Request-Id": queue.submit(event)})
        request_id = deployed.request_id()
        answer = deployed.invoke(event, request_id)
        failed = {"X-Fc-Error-Type": answer.error} if answer.error else EMPTY
        return Response(200, answer.payload.encode(), {"X-Fc-Request-Id": request_id, **failed})

    def _read(self, request: Request) -> Response:
        try:
            self._gateway.admit(request, SKEW)
            told = reading.told(request, self.functions, self.layers, self.denied)
        except Refused as no:
            return _error(no.refusal)
        headers = {"Content-Type": "application/json", "X-Fc-Request-Id": str(uuid.uuid4()).upper()}
        return Response(200, json.dumps(told).encode(), headers)


def _error(refusal: Refusal) -> Response:
    request_id = str(uuid.uuid4()).upper()
    body = {"Code": refusal.code, "Message": refusal.message or refusal.code, "RequestId": request_id}
    headers = {"Content-Type": "application/json", "X-Fc-Request-Id": request_id, **refusal.headers}
    return Response(refusal.status, json.dumps(body).encode(), headers)
