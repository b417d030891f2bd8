"""What may be read of functions through Function Compute's API, version 2023-03-30: one answer a request.

Facts: the pages of GetFunction, ListFunctions, ListTriggers, GetAsyncInvokeConfig, GetConcurrencyConfig and
GetLayerVersionByArn, and the paths that `alibabacloud-fc20230330` 4.8 asks for. UNCONFIRMED: what GetConcurrencyConfig
answers where there is no cap, and the code of a layer that is missing.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import unquote

from local.account.errors import Refused
from local.fc.registry import Registered
from local.wire.faults import Refusal
from local.wire.serving import Request

PATHS = (  # path, action: the first row that fits
    (re.compile(r"/2023-03-30/functions"), "ListFunctions"),
    (re.compile(r"/2023-03-30/functions/([^/]+)"), "GetFunction"),
    (re.compile(r"/2023-03-30/functions/([^/]+)/triggers"), "ListTriggers"),
    (re.compile(r"/2023-03-30/functions/([^/]+)/async-invoke-config"), "GetAsyncInvokeConfig"),
    (re.compile(r"/2023-03-30/functions/([^/]+)/concurrency"), "GetConcurrencyConfig"),
    (re.compile(r"/2023-03-30/layerarn/([^/]+)"), "GetLayerVersionByArn"),
)
PAGE = 100  # functions in one answer, at most; ListFunctions
USUAL_PAGE = 20


def told(
    request: Request,
    functions: Mapping[str, Registered],
    layers: Mapping[str, Mapping[str, Any]],
    denied: Collection[str],
) -> Mapping[str, Any]:
    """The answer to a GET.

    Raises:
        Refused: there is no such thing, or `denied` names the action.

    """
    fitting = ((path.fullmatch(request.path), action) for path, action in PATHS)
    action, name = next(((action, unquote("".join(match.groups()))) for match, action in fitting if match), ("", ""))
    if not action:
        raise Refused(unknown(request))
    if action in denied:
        raise Refused(Refusal(403, "AccessDenied", f"the caller is not authorized to perform 'fc:{action}'"))
    if action == "ListFunctions":
        return _page(request.parameters, functions)
    if action == "GetLayerVersionByArn":
        if name not in layers:
            raise Refused(Refusal(404, "LayerVersionNotFound", f"layer version '{name}' does not exist"))
        return layers[name]
    if name not in functions:
        raise Refused(no_function(name))
    return _about(functions[name], action)


def unknown(request: Request) -> Refusal:
    """There is no such action."""
    return Refusal(404, "InvalidAction.NotFound", f"{request.method} {request.path}")


def no_function(name: str) -> Refusal:
    """There is no such function."""
    return Refusal(404, "FunctionNotFound", f"function '{name}' does not exist")


def _page(parameters: Mapping[str, str], functions: Mapping[str, Registered]) -> Mapping[str, Any]:
    names = sorted(name for name in functions if name >= parameters.get("nextToken", ""))
    most = min(PAGE, int(parameters.get("limit") or USUAL_PAGE))
    more = {"nextToken": names[most]} if len(names) > most else {}
    return {"functions": [functions[name].function for name in names[:most]], **more}


def _about(registered: Registered, action: str) -> Mapping[str, Any]:
    if action == "GetFunction":
        return registered.function
    if action == "ListTriggers":
        return {"triggers": registered.shown_triggers()}
    if action == "GetAsyncInvokeConfig":
        if registered.asynchronous is None:
            raise Refused(Refusal(404, "AsyncConfigNotExists", "there is no asynchronous configuration"))
        return registered.asynchronous
    limit = {} if registered.concurrency is None else {"reservedConcurrency": registered.concurrency}
    return {"functionArn": registered.function["functionArn"], **limit}
