"""Calls the deployed function through the official SDK. Source: Function Compute 3.0, InvokeFunction, 2023-03-30."""

from typing import NamedTuple

from oss_cdn_refresh_cli.clients import tea_sdk
from oss_cdn_refresh_cli.clients.refusals import refusal
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared.errors import Unanswered
from oss_cdn_refresh_cli.shared.waiting import waiting

LARGEST = {"Sync": 32 * 1024 * 1024, "Async": 128 * 1024}  # bytes of a payload; InvokeFunction
ANSWERED = {"Sync": 200, "Async": 202}  # HTTP; InvokeFunction, also for a failed invocation
REQUEST_ID = "x-fc-request-id"  # a header of each answer of Function Compute, and of no other service
LONGEST_RUN = 320.0  # seconds; a call that waits takes as long as the function may: 300 s and some
WHAT_TO_DO = {"FunctionNotFound": "give the name of the deployed function with --function-name"}


class Called(NamedTuple):
    """An answer: the id of the request, the handler's result, and the kind of error if the handler failed."""

    request_id: str
    payload: str
    error: str


def invoke(operation: Operation, name: str, event: bytes, kind: str) -> Called:
    """Call a function with an event; `kind` is Sync or Async.

    :raises Refused: Function Compute did not call it.
    :raises Unanswered: no answer came, and the function may have been called.
    """
    # The SDK takes half a second to import.
    from alibabacloud_fc20230330.client import Client  # noqa: PLC0415
    from alibabacloud_fc20230330.models import InvokeFunctionHeaders, InvokeFunctionRequest  # noqa: PLC0415
    from alibabacloud_tea_openapi.exceptions import AlibabaCloudException  # noqa: PLC0415
    from darabonba.runtime import RuntimeOptions  # noqa: PLC0415
    from Tea.exceptions import TeaException  # noqa: PLC0415

    settings, credentials = operation.settings, operation.credentials
    endpoint = settings.function_compute_endpoint()
    client = Client(tea_sdk.config(credentials(), endpoint, settings.seconds))
    seconds = max(LONGEST_RUN, settings.seconds) if kind == "Sync" else settings.seconds
    try:
        with waiting("Function Compute", endpoint):
            answer = client.invoke_function_with_options(
                name,
                InvokeFunctionRequest(body=event),
                InvokeFunctionHeaders(x_fc_invocation_type=kind),
                RuntimeOptions(connect_timeout=int(settings.seconds * 1_000), read_timeout=int(seconds * 1_000)),
            )
            payload = answer.body.read().decode(errors="replace") if answer.body else ""
    except AlibabaCloudException as error:
        code, message = str(error.code), credentials().redacted(str(error.message))
        raise refusal(endpoint, code, message, credentials, "fc:InvokeFunction", WHAT_TO_DO) from error
    except (TeaException, OSError, ValueError) as error:
        what = "no answer, the function may have been called: check the endpoint and the network"
        raise Unanswered("NoAnswer", f"{endpoint}: {what}") from error
    headers = {key.lower(): value for key, value in answer.headers.items()}
    if answer.status_code != ANSWERED[kind] or not headers.get(REQUEST_ID):
        what = f"the answer ({answer.status_code}) is not Function Compute's, the function may have been called"
        raise Unanswered("NoAnswer", f"{endpoint}: {what}: check the endpoint")
    return Called(headers[REQUEST_ID], payload, headers.get("x-fc-error-type", ""))
