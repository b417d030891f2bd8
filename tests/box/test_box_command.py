"""`oss-cdn-refresh box`: how it starts, what it prints, how it ends, and who can use it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest
import requests
from boxes import DOMAINS, ENVIRON, SECONDS, Started, start, started

from oss_cdn_refresh_box.cdn import visit
from oss_cdn_refresh_box.cloud import SERVICES

WWW = "http://www.example.com"


@pytest.fixture(scope="module")
def box() -> Iterator[Started]:
    """One for all tests that only use it."""
    with started(*DOMAINS, "--queue", "work", "--notify", "changes", "--delay", "0") as box:
        yield box


def client(box: Started, script: str) -> str:
    """What a script prints that has only the variables of the box."""
    code = dedent(script)
    return subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-W", "ignore", "-c", code], env=box.environ, capture_output=True, text=True, check=True
    ).stdout


def until(holds: Callable[[], bool]) -> bool:
    """Wait until something holds that another process does: whether it did in time."""
    end = time.monotonic() + SECONDS
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def gone(pid: int) -> bool:
    """Whether a process has ended."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return True
    return state == "Z"


def shell(script: str) -> "subprocess.CompletedProcess[str]":
    """Run a script of a shell, for which `oss-cdn-refresh` is the command."""
    function = f'box() {{ exec "{sys.executable}" -m oss_cdn_refresh_cli box "$@"; }}\n'
    return subprocess.run(  # noqa: S603 - our own script
        ["/bin/sh", "-c", function + script], env=ENVIRON, capture_output=True, text=True, check=False, timeout=SECONDS
    )


def test_the_official_sdks_use_it_with_nothing_but_its_variables(box: Started) -> None:
    script = Path(__file__).with_name("every_sdk.py")
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(script)], env=box.environ, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    tasks = {name: found.pop(name).isdecimal() for name in ("CDN", "DCDN", "ESA")}
    assert tasks == {"CDN": True, "DCDN": True, "ESA": True}
    assert found == {
        "oss2 V1": "by oss2",
        "oss2 V4": "by oss2",
        "alibabacloud-oss-v2": "by v2",
        "aliyun-mns-sdk": "by mns",
    }


def test_a_change_of_an_object_is_a_message_in_the_queue_of_notify(box: Started) -> None:
    key = client(
        box,
        """
        import json, os, oss2
        from mns.account import Account
        e = os.environ
        keys = e["ALIBABA_CLOUD_ACCESS_KEY_ID"], e["ALIBABA_CLOUD_ACCESS_KEY_SECRET"]
        queue = Account(e["SMQ_ENDPOINT"], *keys).get_queue("changes")
        queue.set_encoding(False)
        oss2.Bucket(oss2.Auth(*keys), e["OSS_ENDPOINT"], "my-site").put_object("told.txt", "x")
        while True:
            message = queue.receive_message(5)
            queue.delete_message(message.receipt_handle)
            found = json.loads(message.message_body)["events"][0]["oss"]["object"]["key"]
            if found == "told.txt":
                print(found)
                break
        """,
    )
    assert key == "told.txt\n"


def test_the_edge_answers_https_for_each_domain(box: Started) -> None:
    """Requests would verify the certificate for the address, so curl's way is taken: TLS with the domain's name."""
    code = client(
        box,
        """
        import os, socket, ssl
        host, _, port = os.environ["BOX_EDGE"].partition(":")
        context = ssl.create_default_context(cafile=os.environ["BOX_CERTIFICATES"])
        for name in ("www.example.com", "img.example.com", "www.example.org"):
            with socket.create_connection((host, int(port))) as raw:
                with context.wrap_socket(raw, server_hostname=name) as tls:
                    tls.sendall(f"GET /none HTTP/1.1\\r\\nHost: {name}\\r\\n\\r\\n".encode())
                    print(tls.recv(12).decode())
        """,
    )
    assert code.split() == ["HTTP/1.1", "404"] * 3


def test_the_document_names_everything_that_a_client_needs(box: Started) -> None:
    document = box.document
    assert (document["domains"]["www.example.com"], document["buckets"]) == (["my-site"], ["my-site"])
    assert document["esa_sites"] == {"example.org": 1_000_001}
    assert document["pid"] == box.process.pid
    assert document["environment"]["BOX_EDGE"] == document["edge"]


def test_a_second_box_has_other_ports(box: Started) -> None:
    with started() as other:
        urls = [each.document["environment"]["OSS_ENDPOINT"] for each in (box, other)]
        answers = {requests.get(url, timeout=SECONDS).status_code for url in urls}
    assert (len(set(urls)), len(answers)) == (2, 1)


def test_a_port_in_use_is_an_error(box: Started) -> None:
    port = int(box.document["environment"]["SMQ_ENDPOINT"].rpartition(":")[2])
    with start("--port", str(port), stderr=subprocess.PIPE) as process:
        out, error = process.communicate(timeout=SECONDS)
    said = f"one of the ports {port} to {port + 7} of 127.0.0.1 is in use: give another --port"
    assert (process.returncode, out, said in error) == (2, "", True)


def test_the_ports_follow_the_first_one() -> None:
    first = 10_000 + os.getpid() % 2_000 * 10  # below the ports that systems give out by themselves
    with started("--port", str(first)) as box:
        variables = box.document["environment"]
    urls = [variables[f"{name}_ENDPOINT"] for name in ("OSS", "CDN", "DCDN", "ESA", "SMQ")]
    assert urls == [f"http://127.0.0.1:{first + number}" for number in range(5)]
    assert (variables["BOX_EDGE"], len(SERVICES)) == (f"127.0.0.1:{first + 5}", 8)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_with_0_when_it_is_interrupted(number: signal.Signals) -> None:
    with start("--quiet") as process:
        assert process.stdout
        process.stdout.read()  # to the end: it closes its output when it is ready
        process.send_signal(number)
        assert process.wait(SECONDS) == 0


def test_a_closed_terminal_leaves_no_file_of_the_box(tmp_path: Path) -> None:
    with start("--quiet", environ={"TMPDIR": str(tmp_path)}) as process:
        assert process.stdout
        process.stdout.read()
        files = [*tmp_path.iterdir()]
        process.send_signal(signal.SIGHUP)
        process.wait(SECONDS)
    assert (files != [], [*tmp_path.iterdir()]) == (True, [])


def test_a_shell_goes_on_when_the_box_is_ready() -> None:
    done = shell(
        'eval "$(box --quiet &)"\n'
        '[ -n "$OSS_ENDPOINT" ] && [ -s "$BOX_CERTIFICATES" ] && kill -0 "$BOX_PID" && echo ready\n'
        'kill "$BOX_PID"\n'
    )
    assert (done.stdout, done.stderr) == ("ready\n", "")


def test_a_box_that_cannot_start_lets_the_shell_go_on_without_variables() -> None:
    done = shell('eval "$(box --bucket X &)"\necho "${OSS_ENDPOINT-none}"\n')
    said = '"X" is no name of a bucket: write 3 to 63 lower-case letters'
    assert (done.stdout, said in done.stderr) == ("none\n", True)


def test_a_reader_that_is_gone_ends_it() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with start("--quiet", stdout=writing, stderr=subprocess.PIPE) as process:
        os.close(writing)
        _, error = process.communicate(timeout=SECONDS)
    assert (process.returncode, error) == (2, "")


def test_each_request_is_a_line_on_stderr() -> None:
    with start("--json", stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        edge = json.loads(process.stdout.readline())["edge"]
        process.stderr.readline()
        visit(f"http://{edge}", f"{WWW}/a.txt")
        lines = [process.stderr.readline().split(" ", 1)[1] for _ in range(3)]
        process.terminate()
        process.wait(SECONDS)
    assert lines[-1] == "edge GET www.example.com/a.txt 404 NoSuchKey MISS\n"


def test_it_serves_on_when_nobody_reads_its_lines() -> None:
    with start("--json", stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        edge = json.loads(process.stdout.readline())["edge"]
        process.stderr.close()
        answers = [visit(f"http://{edge}", f"{WWW}/{number}").status for number in range(3)]
        process.terminate()
        code = process.wait(SECONDS)
    assert (answers, code) == ([404] * 3, 0)


def test_the_functions_of_a_template_run_by_themselves_and_end_with_the_box(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "index.py").write_text(
        "import json, os, time\n"
        "def handler(event, context):\n"
        "    key = json.loads(event)['events'][0]['oss']['object']['key']\n"
        "    open(f'../seen-{os.getpid()}', 'w').write(key)\n"
        "    time.sleep(3_600)\n",
        encoding="utf-8",
    )
    (tmp_path / "my.yml").write_text(TEMPLATE, encoding="utf-8")
    with started("--template", "my.yml", cwd=tmp_path) as box:
        client(
            box,
            """
            import os, oss2
            e = os.environ
            auth = oss2.Auth(e["OSS_ACCESS_KEY_ID"], e["OSS_ACCESS_KEY_SECRET"])
            oss2.Bucket(auth, e["OSS_ENDPOINT"], "uploads").put_object("in/a.txt", "x")
            """,
        )
        assert until(lambda: bool(list(tmp_path.glob("seen-*"))))
        (seen,) = tmp_path.glob("seen-*")
        pid = int(seen.name.partition("-")[2])
        alive = not gone(pid)
    assert (alive, box.process.returncode, gone(pid)) == (True, 0, True)


def test_a_trigger_that_the_box_never_calls_is_named_on_stderr(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    (tmp_path / "my.yml").write_text(TEMPLATE.replace("triggerType: oss", "triggerType: timer"), encoding="utf-8")
    with start("--template", "my.yml", "--quiet", cwd=tmp_path, stderr=subprocess.PIPE) as process:
        assert process.stderr
        said = process.stderr.readline()
        process.terminate()
    named = "my-function.props.triggers[0]: uploaded is never called in a box"
    assert said == f"Note: {named}: only triggers of OSS and of SMQ queues are\n"


def test_a_template_that_cannot_run_here_is_an_error_of_one_line(tmp_path: Path) -> None:
    (tmp_path / "my.yml").write_text(TEMPLATE.replace("python3.10", "nodejs20"), encoding="utf-8")
    with start("--template", "my.yml", cwd=tmp_path, stderr=subprocess.PIPE) as process:
        out, error = process.communicate(timeout=SECONDS)
    said = "Error: my.yml: my-function.props.runtime: nodejs20 is not Python"
    assert (process.returncode, out, error.startswith(said), error.count("\n")) == (2, "", True, 1)


TEMPLATE = """
edition: 3.0.0
resources:
  my-function:
    component: fc3
    props:
      region: cn-shanghai
      functionName: my-function
      code: ./code
      runtime: python3.10
      handler: index.handler
      timeout: 86400
      triggers:
        - triggerName: uploaded
          triggerType: oss
          sourceArn: acs:oss:cn-shanghai:${config('AccountID')}:uploads
          triggerConfig:
            events: ["oss:ObjectCreated:*"]
            filter: {key: {prefix: in/, suffix: ""}}
"""
