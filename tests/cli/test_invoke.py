"""`invoke` sends payloads to the deployed function."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command import run
from world import backlog_record, event, record, url

from oss_cdn_refresh_box.cloud import OWNER, Cloud
from oss_cdn_refresh_box.wire.faults import Fault, Faults, Lost, Refusal
from oss_cdn_refresh_box.wire.serving import Response

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDK signs, on Python 3.12
)
ITS_OWN = {"X-Fc-Request-Id": "1-abc"}  # what an answer of Function Compute has
CONFIG = {"sites": [{"bucket": "my-site", "domains": ["www.example.com"]}]}


@pytest.fixture(scope="module")
def deployed() -> Iterator[Cloud]:
    """One cloud for all tests, at the time of this machine's clock, with which the SDK signs."""
    with Cloud(CONFIG) as cloud:
        cloud.clock.advance(time.time() - cloud.clock.now())
        yield cloud


@pytest.fixture
def cloud(deployed: Cloud) -> Iterator[Cloud]:
    deployed.api.calls.clear()
    yield deployed
    deployed.api.faults = Faults()
    deployed.settle()


@pytest.fixture
def payload(tmp_path: Path) -> Path:
    file = tmp_path / "put.json"
    file.write_bytes(event(record("a.jpg")))
    return file


def call(cloud: Cloud, *words: str | Path, stdin: bytes | None = None, **environ: str) -> Result:
    """`invoke` in this process."""
    environ = {"FUNCTION_COMPUTE_ENDPOINT": cloud.api.url, **environ}
    return run("invoke", *map(str, words), environ=environ, clock=cloud.clock, stdin=stdin)


def document(cloud: Cloud, *words: str | Path) -> Any:
    return json.loads(call(cloud, "--json", *words).stdout)


def test_a_payload_is_accepted_and_processed_later(cloud: Cloud, payload: Path) -> None:
    result = call(cloud, payload)
    (made,) = cloud.api.calls
    assert (result.exit_code, made.function, made.type, made.event) == (
        0,
        "oss-cdn-refresh",
        "Async",
        payload.read_bytes(),
    )
    assert cloud.compute.names["oss-cdn-refresh"][1].waiting[0].request_id in result.stdout


def test_every_file_is_a_payload_of_its_own(cloud: Cloud, tmp_path: Path) -> None:
    files = [tmp_path / f"{number}.json" for number in range(3)]
    for file in files:
        file.write_bytes(event(record(file.name)))
    assert [entry["file"] for entry in document(cloud, *files)] == [str(file) for file in files]
    assert [made.event for made in cloud.api.calls] == [file.read_bytes() for file in files]


def test_a_payload_comes_from_stdin_too(cloud: Cloud) -> None:
    call(cloud, "-", stdin=event(record("b.jpg")))
    assert [made.event for made in cloud.api.calls] == [event(record("b.jpg"))]


def test_with_wait_the_answer_is_shown(cloud: Cloud, payload: Path) -> None:
    (entry,) = document(cloud, payload, "--wait")
    assert (entry["answer"]["refreshed"], entry["error"]) == (1, None)
    result = call(cloud, payload, "--wait")
    assert (result.exit_code, result.stdout.splitlines()[1].split()[1:4]) == (0, ["1", "1", "1"])


@pytest.mark.parametrize("name", ["option", "variable"])
def test_the_function_may_have_another_name(cloud: Cloud, payload: Path, name: str) -> None:
    if name == "option":
        result = call(cloud, payload, "--function-name", "other")
    else:
        result = call(cloud, payload, REFRESH_NAME="other")
    assert [made.function for made in cloud.api.calls] == ["other"]
    assert (result.exit_code, "FunctionNotFound" in result.stderr, "--function-name" in result.stderr) == (
        2,
        True,
        True,
    )


@pytest.mark.parametrize("content", [b"hello", json.dumps(backlog_record(url("a", "elsewhere.com"))).encode()])
def test_an_answer_with_deferred_items_exits_with_1(cloud: Cloud, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd").write_bytes(content)
    assert call(cloud, tmp_path / "odd", "--wait").exit_code == 1


def test_a_failed_invocation_is_reported(cloud: Cloud, payload: Path) -> None:
    answer = json.dumps({"errorMessage": "config.yml: sites: is missing", "errorType": "ConfigurationError"}).encode()
    cloud.api.faults = Faults(Response(200, answer, {**ITS_OWN, "X-Fc-Error-Type": "UnhandledInvocationError"}))
    result = call(cloud, payload, "--wait")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "failed (UnhandledInvocationError): config.yml: sites: is missing" in result.stderr


@pytest.mark.parametrize(("words", "size"), [((), 128 * 1024 + 1), (("--wait",), 32 * 1024 * 1024 + 1)])
def test_a_payload_that_is_too_large_is_not_sent_nor_are_the_others(
    cloud: Cloud, payload: Path, tmp_path: Path, words: tuple[str, ...], size: int
) -> None:
    (tmp_path / "large").write_bytes(b" " * size)
    result = call(cloud, payload, tmp_path / "large", *words)
    assert (result.exit_code, f"has {size:,} bytes" in result.stderr, cloud.api.calls) == (2, True, [])


def test_a_missing_file_is_reported_before_anything_is_sent(cloud: Cloud, payload: Path, tmp_path: Path) -> None:
    result = call(cloud, payload, tmp_path / "nothing")
    assert (result.exit_code, "nothing" in result.stderr, cloud.api.calls) == (2, True, [])


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Refusal(403, "AccessDenied", "the caller is not authorized"), "grant fc:InvokeFunction"),
        (Refusal(400, "InvalidTimeStamp.Expired"), "set the clock"),
        (Refusal(429, "ConcurrentInstanceLimitExceeded", "too many"), "too many"),
        (Refusal(403, "AccessDenied", f"for {OWNER[1]}"), "for ***"),
        (Response(502, b"<html>"), "Error: "),
        (Lost(), "may have been called"),
    ],
    ids=["no right", "wrong clock", "throttled", "a secret", "502", "lost"],
)
def test_every_refusal_is_reported_in_one_line(cloud: Cloud, payload: Path, fault: Fault, said: str) -> None:
    cloud.api.faults = Faults(rule=lambda _request: fault)
    result = call(cloud, payload)
    assert (result.exit_code, result.stderr.count("\n"), said in result.stderr) == (2, 1, True)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ((), Response(202, b"")),
        ((), Response(200, b"", ITS_OWN)),
        ((), Response(204, b"", ITS_OWN)),
        (("--wait",), Response(200, b'{"refreshed": 1}')),
        (("--wait",), Response(202, b"", ITS_OWN)),
        (("--wait",), Response(302, b"")),
    ],
)
def test_an_answer_of_another_service_than_function_compute_is_an_error(
    cloud: Cloud, payload: Path, words: tuple[str, ...], answer: Response
) -> None:
    cloud.api.faults = Faults(rule=lambda _request: answer)
    result = call(cloud, payload, *words)
    assert (result.exit_code, result.stderr.count("\n"), "is not Function Compute's" in result.stderr) == (2, 1, True)


def test_a_refused_payload_does_not_hide_the_others(cloud: Cloud, payload: Path) -> None:
    cloud.api.faults = Faults(None, Refusal(429, "ConcurrentInstanceLimitExceeded", "too many"), Lost())
    result = call(cloud, *[payload] * 4, "--json")
    first, refused, lost, last = json.loads(result.stdout)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 2)
    assert [made["request_id"] for made in (first, last)] == [
        waiting.request_id for waiting in list(cloud.compute.names["oss-cdn-refresh"][1].waiting)[::2]
    ]
    assert ("too many" in refused["error"], refused["request_id"]) == (True, None)
    assert "may have been called" in lost["error"]


def test_the_table_shows_the_accepted_payloads(cloud: Cloud, payload: Path) -> None:
    cloud.api.faults = Faults(None, Refusal(429, "ConcurrentInstanceLimitExceeded", "too many"))
    result = call(cloud, payload, payload)
    assert ("1 payload taken" in result.stdout, "too many" in result.stderr) == (True, True)


def test_an_answer_that_is_nested_too_deeply_is_shown_unchanged(cloud: Cloud, payload: Path) -> None:
    cloud.api.faults = Faults(Response(200, b"[" * 100_000, ITS_OWN))
    (entry,) = document(cloud, payload, "--wait")
    assert entry["answer"] == "[" * 100_000


def test_a_port_without_a_listener_is_reported(cloud: Cloud, payload: Path) -> None:
    result = call(cloud, payload, FUNCTION_COMPUTE_ENDPOINT="http://127.0.0.1:9")
    assert (result.exit_code, "http://127.0.0.1:9: no answer" in result.stderr) == (2, True)


def test_without_an_endpoint_the_missing_settings_are_named(cloud: Cloud, payload: Path) -> None:
    result = call(cloud, payload, FUNCTION_COMPUTE_ENDPOINT="")
    assert (result.exit_code, "FUNCTION_COMPUTE_ENDPOINT is not set" in result.stderr) == (2, True)
