"""Function Compute in a box: what an instance gives to its handler, and how it ends."""

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fc_box import ACCOUNT, START, deployed

from oss_cdn_refresh_box.fc import Answer

ECHO = "def handler(event, context): return event"
PID = "import os\ndef handler(event, context): return os.getpid()"


def error(answer: Answer) -> dict[str, Any]:
    """The record of an error."""
    assert answer.error
    record: dict[str, Any] = json.loads(answer.payload)
    return record


def test_the_handler_gets_the_bytes_of_the_event(tmp_path: Path) -> None:
    source = "def handler(event, context): return [type(event).__name__, event.hex()]"
    with deployed(tmp_path, source) as box:
        assert json.loads(box.function.invoke(b"\xff\n").payload) == ["bytes", "ff0a"]


@pytest.mark.parametrize(
    ("value", "payload"), [("'text'", "text"), ("b'bytes'", "bytes"), ("{'a': [1]}", '{"a": [1]}')]
)
def test_text_is_answered_unchanged_and_everything_else_as_json(tmp_path: Path, value: str, payload: str) -> None:
    with deployed(tmp_path, f"def handler(event, context): return {value}") as box:
        assert box.function.invoke(b"").payload == payload


def test_the_context_tells_the_request_the_function_and_the_credentials(tmp_path: Path) -> None:
    source = """
        def handler(event, context):
            function, credentials = context.function, context.credentials
            return [context.request_id, context.region, context.account_id, vars(function), vars(credentials)]
    """
    with deployed(tmp_path, source) as box:
        told = json.loads(box.function.invoke(b"", "1-abc").payload)
    assert told == [
        "1-abc",
        "cn-hangzhou",
        ACCOUNT,
        {"name": "small", "handler": "index.handler", "memory": 512, "timeout": 10},
        {"access_key_id": "STS.role", "access_key_secret": "secret", "security_token": "token"},
    ]


def test_the_newer_runtime_has_credentials_in_the_environment_only(tmp_path: Path) -> None:
    source = """
        import os
        def handler(event, context):
            return [hasattr(context, "credentials"), os.environ["ALIBABA_CLOUD_SECURITY_TOKEN"]]
    """
    with deployed(tmp_path, source, runtime="python3.12") as box:
        assert json.loads(box.function.invoke(b"").payload) == [False, "token"]


def test_an_instance_has_the_templates_variables_and_none_of_the_callers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OF_THE_CALLER", "secret")
    source = "import os\ndef handler(event, context): return dict(os.environ)"
    variables = {"REFRESH_CONFIG": "config.yml", "CDN_ENDPOINT": "the template's"}
    with deployed(tmp_path, source, environmentVariables=variables) as box:
        environment = json.loads(box.function.invoke(b"").payload)
    assert environment["REFRESH_CONFIG"] == "config.yml"
    assert environment["CDN_ENDPOINT"] == "http://cdn"
    assert "OF_THE_CALLER" not in environment


def test_the_code_runs_in_its_own_directory_and_imports_from_no_other(tmp_path: Path) -> None:
    source = """
        import importlib.util, os
        def handler(event, context):
            ours = ("oss_cdn_refresh_box", "bootstrap")
            return [os.getcwd(), [name for name in ours if importlib.util.find_spec(name)]]
    """
    with deployed(tmp_path, source) as box:
        assert json.loads(box.function.invoke(b"").payload) == [str(tmp_path / "code"), []]


def test_an_instance_is_kept_and_initialized_once(tmp_path: Path) -> None:
    source = """
        calls = []
        def initialize(context): calls.append("initialize")
        def handler(event, context): calls.append("handler"); return calls
    """
    lifecycle = {"initializer": {"handler": "index.initialize", "timeout": 5}}
    with deployed(tmp_path, source, instanceLifecycleConfig=lifecycle) as box:
        box.function.invoke(b"")
        assert json.loads(box.function.invoke(b"").payload) == ["initialize", "handler", "handler"]
        assert [invocation.cold for invocation in box.function.invocations] == [True, False]


def test_calls_at_the_same_time_have_an_instance_each(tmp_path: Path) -> None:
    """Each of the two waits for the other at the ends of a named pipe."""
    os.mkfifo(tmp_path / "pipe")
    source = f"""
        import os
        def handler(event, context):
            with open({str(tmp_path / "pipe")!r}, event.decode()): return os.getpid()
    """
    with deployed(tmp_path, source) as box, ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(box.function.invoke, [b"r", b"w"]))
    assert [answer.error for answer in answers] == ["", ""]
    assert len({answer.payload for answer in answers}) == 2


def test_there_are_never_more_instances_than_the_template_allows(tmp_path: Path) -> None:
    with deployed(tmp_path, PID, concurrencyConfig={"reservedConcurrency": 1}) as box, ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(box.function.invoke, [b""] * 4))
        assert len({answer.payload for answer in answers}) == 1
        assert len(box.function.instances) == 1


def test_an_exception_becomes_the_platforms_record_and_the_instance_lives_on(tmp_path: Path) -> None:
    source = """
        import os
        def handler(event, context):
            if event: raise KeyError("what is wrong")
            return os.getpid()
    """
    with deployed(tmp_path, source) as box:
        before = box.function.invoke(b"").payload
        answer = box.function.invoke(b"x")
        assert box.function.invoke(b"").payload == before
    assert error(answer) == {
        "errorMessage": "'what is wrong'",
        "errorType": "KeyError",
        "stackTrace": [
            [f'File "{tmp_path}/code/index.py"', "line 4", "in handler", 'if event: raise KeyError("what is wrong")']
        ],
    }


def test_an_answer_that_is_not_json_is_an_error(tmp_path: Path) -> None:
    with deployed(tmp_path, "def handler(event, context): return {1, 2}") as box:
        assert error(box.function.invoke(b""))["errorType"] == "TypeError"


@pytest.mark.parametrize("name", ["index.nothing", "nothing.handler"])
def test_a_handler_that_is_not_there_is_an_error(tmp_path: Path, name: str) -> None:
    with deployed(tmp_path, ECHO, handler=name) as box:
        assert "nothing" in error(box.function.invoke(b""))["errorMessage"]


def test_an_instance_whose_initializer_failed_is_not_kept(tmp_path: Path) -> None:
    source = "def initialize(context): raise ValueError('no configuration')\n" + ECHO
    lifecycle = {"initializer": {"handler": "index.initialize", "timeout": 5}}
    with deployed(tmp_path, source, instanceLifecycleConfig=lifecycle) as box:
        assert error(box.function.invoke(b""))["errorMessage"] == "no configuration"
        assert box.function.instances == ()


def test_a_call_that_takes_too_long_is_killed_with_its_instance(tmp_path: Path) -> None:
    source = """
        def handler(event, context):
            while event: pass
            return "ok"
    """
    with deployed(tmp_path, source, seconds=0.5) as box:
        assert error(box.function.invoke(b"x"))["errorMessage"] == "Function timed out after 0.5 seconds"
        assert box.function.instances == ()
        assert box.function.invoke(b"").payload == "ok"


def test_an_initializer_that_takes_too_long_is_killed(tmp_path: Path) -> None:
    source = """
        def initialize(context):
            while True: pass
        def handler(event, context): return "never"
    """
    lifecycle = {"initializer": {"handler": "index.initialize", "timeout": 5}}
    with deployed(tmp_path, source, seconds=0.1, instanceLifecycleConfig=lifecycle) as box:
        assert error(box.function.invoke(b""))["errorMessage"] == "Initializer timed out after 0.1 seconds"


def test_a_process_that_ends_is_an_error(tmp_path: Path) -> None:
    with deployed(tmp_path, "import os\ndef handler(event, context): os._exit(1)") as box:
        assert error(box.function.invoke(b""))["errorMessage"].startswith("Process exited unexpectedly")


def test_an_instance_can_be_killed_in_the_middle_of_a_call(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    source = f"""
        def handler(event, context):
            open({str(tmp_path / "pipe")!r}, "w").close()
            while True: pass
    """
    with deployed(tmp_path, source) as box, ThreadPoolExecutor(1) as thread:
        call = thread.submit(box.function.invoke, b"")
        (tmp_path / "pipe").read_bytes()  # until the handler has opened its end
        box.function.instances[0].kill()
        assert error(call.result())["errorMessage"].startswith("Process exited unexpectedly")


def test_an_instance_that_was_killed_before_it_got_its_call_can_be_closed(tmp_path: Path) -> None:
    with deployed(tmp_path, ECHO) as box:
        box.function.invoke(b"")
        (instance,) = box.function.instances
        instance.kill()
        assert instance.invoke("1-abc", bytes(1_000)).error
        instance.close()


def test_the_busy_instances_are_those_that_work_on_a_call(tmp_path: Path) -> None:
    for end in ("began", "ends"):
        os.mkfifo(tmp_path / end)
    source = f"""
        def handler(event, context):
            if event:
                open({str(tmp_path / "began")!r}, "w").close()
                open({str(tmp_path / "ends")!r}).close()
    """
    with deployed(tmp_path, source) as box, ThreadPoolExecutor(1) as thread:
        box.function.invoke(b"")
        idle = box.function.busy
        call = thread.submit(box.function.invoke, b"x")
        (tmp_path / "began").read_bytes()
        busy = box.function.busy
        (tmp_path / "ends").write_bytes(b"")
        call.result()
        assert (idle, busy, box.function.busy) == ((), box.function.instances, ())


def test_a_call_after_an_idle_instance_was_killed_gets_another(tmp_path: Path) -> None:
    with deployed(tmp_path, PID) as box:
        before = box.function.invoke(b"").payload
        box.function.instances[0].kill()
        after = box.function.invoke(b"")
    assert not after.error
    assert after.payload != before


def test_a_log_record_has_the_platforms_prefix(tmp_path: Path) -> None:
    source = "import logging\ndef handler(event, context): logging.getLogger('x').info('hello %s', 'world')"
    with deployed(tmp_path, source) as box:
        box.function.invoke(b"", "1-abc")
        (record,) = box.function.invocations[0].log
    assert re.fullmatch(r"2027-01-15T08:00:0\d\.\d{3}Z 1-abc \[INFO\] hello world", record)


def test_a_line_without_a_date_sticks_to_the_record_before(tmp_path: Path) -> None:
    source = "import logging\ndef handler(event, context): logging.info('one'); print('two'); logging.info('three')"
    with deployed(tmp_path, source) as box:
        box.function.invoke(b"")
        first, second = box.function.invocations[0].log
    assert first.endswith("[INFO] one\ntwo")
    assert second.endswith("[INFO] three")


def test_each_call_has_its_own_part_of_the_log_even_when_it_crashes(tmp_path: Path) -> None:
    source = """
        import os
        def handler(event, context):
            print(event.decode())
            if event == b"second": os._exit(1)
    """
    with deployed(tmp_path, source) as box:
        box.function.invoke(b"first")
        box.function.invoke(b"second")
        assert [invocation.log for invocation in box.function.invocations] == [("first",), ("second",)]


def test_the_time_of_an_instance_is_the_clocks(tmp_path: Path) -> None:
    """Also of a warm one, and of what the module took of `time` when it was imported."""
    source = "from time import monotonic, time\ndef handler(event, context): return [time(), monotonic()]"
    with deployed(tmp_path, source) as box:
        wall, steady = json.loads(box.function.invoke(b"").payload)
        box.clock.advance(86_400)
        later, steadier = json.loads(box.function.invoke(b"").payload)
    assert wall == pytest.approx(START, abs=5)
    assert later == pytest.approx(START + 86_400, abs=5)
    assert steadier - steady == pytest.approx(86_400, abs=5)
