"""Function Compute's API on loopback: InvokeFunction, and what it shows of functions; version 2023-03-30, ROA style.

Facts: Function Compute 3.0, "Invoke a function", the pages of InvokeFunction, GetFunction, ListFunctions, ListTriggers,
GetAsyncInvokeConfig, GetConcurrencyConfig and GetLayerVersionByArn; the client that it serves is
`alibabacloud-fc20230330` 4.8. UNCONFIRMED: all error codes but FunctionNotFound, AsyncConfigNotExists and those of a
function; the answer of GetConcurrencyConfig where there is no cap.
"""

import json
import re
import ssl
import uuid
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote

from oss_cdn_refresh_box.account.credentials import Keys
from oss_cdn_refresh_box.account.errors import Refused
from oss_cdn_refresh_box.account.gateway import Gateway
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.fc.compute import FunctionCompute
from oss_cdn_refresh_box.fc.registry import Registered
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_box.wire.serving import EMPTY, Reply, Request, Response, StandIn

TYPE = "x-fc-invocation-type"
LARGEST = {"Sync": 32 * 1024 * 1024, "Async": 128 * 1024}  # bytes; "Limits", payload of an invocation
PAGE = 100  # functions in one answer, at most; ListFunctions
USUAL_PAGE = 20


class Call(NamedTuple):
    """One invocation through the API; `code` is the error code, or "" where the function was called."""

    function: str
    type: str
    event: bytes
    code: str = ""


class Api(StandIn):
    """The API behind a port of 127.0.0.1; use it as a context manager.

    keys: secrets by access key id, or whole credentials; read again on each call.
    calls: every invocation so far, in order.
    functions: what the API shows of each function, by name; layers: of each layer version, by ARN. Both may be changed.
    denied: the actions that no policy allows, such as "GetFunction".
    dropped: the options of an event stream's run that the API drops; no document names `maximumTasks` (UNCONFIRMED).
    """

    def __init__(
        self,
        compute: FunctionCompute,
        clock: Clock,
        *,
        keys: Keys,
        functions: Mapping[str, Registered] = {},
        layers: Mapping[str, Mapping[str, Any]] = {},
        faults: Faults | None = None,
        tls: ssl.SSLContext | None = None,
        port: int = 0,
    ) -> None:
        self.calls: list[Call] = []
        self.faults = faults or Faults()
        self.functions = dict(functions)
        self.layers = dict(layers)
        self.denied: set[str] = set()
        self.dropped: set[str] = set()
        self._compute = compute
        self._gateway = Gateway(clock, keys)
        super().__init__(self._serve, tls=tls, name="fc-api", port=port)

    def _serve(self, request: Request) -> Reply:
        return self.faults.strike(request, lambda: self._answer(request), _error)

    def _answer(self, request: Request) -> Response:
        try:
            self._gateway.admit(request)
            return self._perform(request)
        except Refused as no:
            return _error(no.refusal)

    def _perform(self, request: Request) -> Response:
        for method, path, action, perform in ACTIONS:
            match = path.fullmatch(request.path)
            if match and method == request.method:
                if action in self.denied:
                    raise _refused(403, "AccessDenied", f"the caller is not authorized to perform 'fc:{action}'")
                return perform(self, request, unquote("".join(match.groups())))
        raise _refused(404, "InvalidAction.NotFound", f"{request.method} {request.path}")

    def invoke(self, request: Request, name: str) -> Response:
        """InvokeFunction, synchronous or asynchronous."""
        kind = request.headers.get(TYPE) or "Sync"
        try:
            self._check_invocation(name, kind, len(request.body))
        except Refused as no:
            self.calls.append(Call(name, kind, request.body, no.refusal.code))
            raise
        self.calls.append(Call(name, kind, request.body))
        deployed, queue = self._compute.names[name]
        if kind == "Async":
            return Response(202, b"", {"X-Fc-Request-Id": queue.submit(request.body)})
        request_id = deployed.request_id()
        answer = deployed.invoke(request.body, request_id)
        failed = {"X-Fc-Error-Type": answer.error} if answer.error else EMPTY
        return Response(200, answer.payload.encode(), {"X-Fc-Request-Id": request_id, **failed})

    def _check_invocation(self, name: str, kind: str, size: int) -> None:
        if name not in self._compute.names:
            raise _no_function(name)
        if kind not in LARGEST:
            raise _refused(400, "InvalidArgument", f"{TYPE} is '{kind}'")
        if size > LARGEST[kind]:
            raise _refused(413, "RequestEntityTooLarge", f"the payload has {size} bytes")

    def list_functions(self, request: Request, _name: str) -> Response:
        """ListFunctions, page by page."""
        given = request.parameters
        names = sorted(name for name in self.functions if name >= given.get("nextToken", ""))
        most = min(PAGE, int(given.get("limit") or USUAL_PAGE))
        more = {"nextToken": names[most]} if len(names) > most else {}
        return _json({"functions": [self.functions[name].function for name in names[:most]], **more})

    def get_function(self, _request: Request, name: str) -> Response:
        """GetFunction."""
        return _json(self._function(name).function)

    def list_triggers(self, _request: Request, name: str) -> Response:
        """ListTriggers; a trigger's configuration is JSON in a string."""
        triggers = self._function(name).triggers
        return _json(
            {"triggers": [{**each, "triggerConfig": self._written(each["triggerConfig"])} for each in triggers]}
        )

    def _written(self, config: Any) -> str:
        """A trigger's configuration without the dropped options."""
        options = config.get("runOptions") if isinstance(config, Mapping) else None
        if isinstance(options, Mapping):
            kept = {name: value for name, value in options.items() if name not in self.dropped}
            config = {**config, "runOptions": kept}
        return json.dumps(config)

    def get_async_config(self, _request: Request, name: str) -> Response:
        """GetAsyncInvokeConfig."""
        asynchronous = self._function(name).asynchronous
        if asynchronous is None:
            raise _refused(404, "AsyncConfigNotExists", "there is no asynchronous configuration")
        return _json(asynchronous)

    def get_concurrency(self, _request: Request, name: str) -> Response:
        """GetConcurrencyConfig."""
        found = self._function(name)
        limit = {} if found.concurrency is None else {"reservedConcurrency": found.concurrency}
        return _json({"functionArn": found.function["functionArn"], **limit})

    def get_layer(self, _request: Request, name: str) -> Response:
        """GetLayerVersionByArn."""
        if name not in self.layers:
            raise _refused(404, "LayerVersionNotFound", f"layer version '{name}' does not exist")
        return _json(self.layers[name])

    def _function(self, name: str) -> Registered:
        if name not in self.functions:
            raise _no_function(name)
        return self.functions[name]


def _path(rest: str) -> re.Pattern[str]:
    return re.compile(f"/2023-03-30/{rest}")


ACTIONS: tuple[tuple[str, re.Pattern[str], str, Callable[[Api, Request, str], Response]], ...] = (
    ("POST", _path("functions/([^/]+)/invocations"), "InvokeFunction", Api.invoke),
    ("GET", _path("functions"), "ListFunctions", Api.list_functions),
    ("GET", _path("functions/([^/]+)"), "GetFunction", Api.get_function),
    ("GET", _path("functions/([^/]+)/triggers"), "ListTriggers", Api.list_triggers),
    ("GET", _path("functions/([^/]+)/async-invoke-config"), "GetAsyncInvokeConfig", Api.get_async_config),
    ("GET", _path("functions/([^/]+)/concurrency"), "GetConcurrencyConfig", Api.get_concurrency),
    ("GET", _path("layerarn/([^/]+)"), "GetLayerVersionByArn", Api.get_layer),
)


def _refused(status: int, code: str, message: str) -> Refused:
    return Refused(Refusal(status, code, message))


def _no_function(name: str) -> Refused:
    return _refused(404, "FunctionNotFound", f"function '{name}' does not exist")


def _error(refusal: Refusal) -> Response:
    answer = _json({"Code": refusal.code, "Message": refusal.message or refusal.code, "RequestId": _request_id()})
    return answer._replace(status=refusal.status, headers={**answer.headers, **refusal.headers})


def _json(content: Mapping[str, Any]) -> Response:
    request_id = content.get("RequestId") or _request_id()
    headers = {"Content-Type": "application/json", "X-Fc-Request-Id": request_id}
    return Response(200, json.dumps(content).encode(), headers)


def _request_id() -> str:
    return str(uuid.uuid4()).upper()
