"""Function Compute's API in a box, called by the official SDK."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_fc20230330.client import Client
from alibabacloud_fc20230330.models import InvokeFunctionHeaders, InvokeFunctionRequest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from alibabacloud_tea_openapi.models import Config
from darabonba.runtime import RuntimeOptions
from fc_box import deployed

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.fc import Api

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDK signs, on Python 3.12
)
SOURCE = """
def handler(event, context):
    if event == b"raise":
        raise ValueError("no")
    return {"got": event.decode(), "request_id": context.request_id}
"""


@pytest.fixture
def api(tmp_path: Path) -> Iterator[Api]:
    with deployed(tmp_path, SOURCE) as box:
        box.clock.advance(time.time() - box.clock.now())
        with Api(box.compute, box.clock, keys={"AK": "SECRET"}) as api:
            yield api


def invoke(api: Api, event: bytes, kind: str | None = None, name: str = "small", secret: str = "SECRET") -> Any:  # noqa: S107
    client = Client(Config("AK", secret, endpoint=api.url.removeprefix("http://"), protocol="http"))
    return client.invoke_function_with_options(
        name, InvokeFunctionRequest(body=event), InvokeFunctionHeaders(x_fc_invocation_type=kind), RuntimeOptions()
    )


def refused(api: Api, *arguments: Any, **named: Any) -> tuple[int, str]:
    with pytest.raises(AlibabaCloudException) as caught:
        invoke(api, *arguments, **named)
    return caught.value.status_code, caught.value.code


@pytest.mark.parametrize("kind", ["Sync", None])
def test_a_call_waits_for_the_answer_unless_it_says_otherwise(api: Api, kind: str | None) -> None:
    answer = invoke(api, b"hello", kind)
    assert json.loads(answer.body.read()) == {"got": "hello", "request_id": answer.headers["x-fc-request-id"]}
    assert (answer.status_code, "x-fc-error-type" in answer.headers) == (200, False)


def test_an_asynchronous_call_is_taken_and_runs_later(api: Api) -> None:
    answer = invoke(api, b"hello", "Async")
    (waiting,) = api._compute.names["small"][1].waiting  # noqa: SLF001 - there is no other way to see it
    assert (answer.status_code, waiting.event, waiting.request_id) == (202, b"hello", answer.headers["x-fc-request-id"])


def test_a_function_that_raises_is_marked_by_a_header(api: Api) -> None:
    answer = invoke(api, b"raise")
    assert (answer.status_code, answer.headers["x-fc-error-type"]) == (200, "UnhandledInvocationError")
    assert json.loads(answer.body.read())["errorMessage"] == "no"


def test_a_function_that_is_not_there(api: Api) -> None:
    assert refused(api, b"", name="other") == (404, "FunctionNotFound")


def test_a_signature_by_another_secret(api: Api) -> None:
    assert refused(api, b"", secret="WRONG")[1] == "SignatureDoesNotMatch"  # noqa: S106


def test_a_clock_that_is_wrong(api: Api) -> None:
    clock: Clock = api._gateway._clock  # noqa: SLF001 - the stand-in's own
    clock.advance(3_600)
    assert refused(api, b"")[1] == "InvalidTimeStamp.Expired"


@pytest.mark.parametrize(("kind", "size"), [("Async", 128 * 1024), ("Sync", 32 * 1024 * 1024)])
def test_a_payload_is_as_large_as_documented_and_no_larger(api: Api, kind: str, size: int) -> None:
    assert invoke(api, b" " * size, kind).status_code in (200, 202)
    assert refused(api, b" " * (size + 1), kind)[0] == 413


def test_a_type_of_invocation_that_does_not_exist(api: Api) -> None:
    assert refused(api, b"", "Later") == (400, "InvalidArgument")


def test_every_call_is_recorded(api: Api) -> None:
    invoke(api, b"one", "Async")
    refused(api, b"two", name="other")
    assert [(call.function, call.type, call.event, call.code) for call in api.calls] == [
        ("small", "Async", b"one", ""),
        ("other", "Sync", b"two", "FunctionNotFound"),
    ]
