"""Every wrong input ends with one line that names it and exit code 2, and loses no message."""

import json
from collections.abc import Mapping, Sequence

import pytest
from command import run, start
from given_up import dead_letter, give_up, url
from world import World, backlog_record

from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh_box.wire.faults import Fault, Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Reset, Response

COMMANDS: Sequence[Sequence[str]] = (
    ("backlog",),
    ("dead-letters", "list"),
    ("dead-letters", "show", "ID"),
    ("dead-letters", "redrive"),
    ("dead-letters", "redrive", "--dry-run"),
    ("dead-letters", "drop", "--yes"),
)
each_command = pytest.mark.parametrize("words", COMMANDS, ids=" ".join)


def fails(world: World, words: Sequence[str], said: str, environ: Mapping[str, str] | None = None) -> None:
    """The command fails with this text in one line on stderr and in JSON, and changes no queue."""
    give_up(world, *(dead_letter(url(number)) for number in range(20)))
    world.smq.queue("backlog").send(json.dumps(backlog_record(url(1))))
    result = run(*words, "--json", environ=environ or world.environ, clock=world.clock)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert result.stderr.startswith("Error: ")
    assert said in result.stderr
    assert json.loads(result.stdout).keys() & {"error", "errors"}
    assert (len(world.dead_letters), len(world.backlog)) == (20, 1)
    assert world.smq.queue("dead-letters").counts().active == 20


@each_command
def test_a_missing_queue_is_reported(world: World, words: Sequence[str]) -> None:
    nobody = {"BACKLOG_QUEUE": "nobody", "DEAD_LETTER_QUEUE": "no-one"}
    fails(world, words, "QueueNotExist", {**world.environ, **nobody})


@each_command
@pytest.mark.parametrize("name", ["", "no queue's name", "../etc", "a\nb", "q" * 300])
def test_an_invalid_queue_name_is_refused(world: World, words: Sequence[str], name: str) -> None:
    fails(world, words, "_QUEUE", {**world.environ, "BACKLOG_QUEUE": name, "DEAD_LETTER_QUEUE": name})


@each_command
@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Refusal(403, "AccessDenied", "The OwnerId that your Access Key Id associated to is forbidden."), "grant"),
        (Refusal(408, "TimeExpired", "The http request you sent is expired."), "set the clock"),
        (Refusal(503, "ServiceUnavailable"), "ServiceUnavailable"),
        (Refusal(400, "Whatever", "[red]\u202e\nis wrong"), r"[red]\u202e is wrong"),
        (Response(502, b"<html>\n<body>Bad Gateway"), "the answer is not SMQ's"),
        (Response(200, b"{}"), "the answer is not SMQ's"),
        (Response(200, b"<Messages></Messages>"), "the answer is not SMQ's"),
        (Response(404, b""), "the answer is not SMQ's"),
        (Response(302, b"", {"Location": "https://example.com/"}), "the answer is not SMQ's"),
        (Reset(), "check the endpoint"),
    ],
    ids=["no right", "wrong clock", "down", "untrusted text", "502", "JSON", "no queue", "empty", "moved", "reset"],
)
def test_every_refusal_of_smq_is_reported_in_one_line(
    world: World, words: Sequence[str], fault: Fault, said: str
) -> None:
    world.smq.faults = Faults(rule=lambda _request: fault)
    fails(world, words, said)


@each_command
def test_a_port_without_a_listener_is_reported(world: World, words: Sequence[str]) -> None:
    fails(world, words, "Connection refused", {**world.environ, "SMQ_ENDPOINT": "http://127.0.0.1:1"})


@each_command
def test_an_endpoint_that_is_not_set_is_reported(world: World, words: Sequence[str]) -> None:
    fails(world, words, "--smq-endpoint", {**world.environ, "SMQ_ENDPOINT": ""})


@each_command
def test_a_malformed_endpoint_is_refused(world: World, words: Sequence[str]) -> None:
    fails(world, words, "SMQ_ENDPOINT", {**world.environ, "SMQ_ENDPOINT": "ftp://nowhere/else"})


@each_command
def test_unknown_credentials_are_reported(world: World, words: Sequence[str]) -> None:
    world.keys.clear()
    fails(world, words, "check the credentials")


def test_missing_credentials_are_reported(world: World) -> None:
    nobody = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ""}
    with start("backlog", environ={**world.environ, **nobody}) as process:
        output, errors = process.communicate()
    assert (process.returncode, output, errors.count("\n")) == (2, "", 1)
    assert "no credentials" in errors


def test_a_silent_source_of_credentials_is_reported(world: World) -> None:
    """The official chain logs a traceback for each failure."""
    nobody = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": ""}
    source = {"ALIBABA_CLOUD_CREDENTIALS_URI": "http://127.0.0.1:1/"}
    with start("backlog", environ={**world.environ, **nobody, **source}) as process:
        output, errors = process.communicate()
    assert (process.returncode, output, errors.count("\n")) == (2, "", 1)


def test_malformed_credentials_are_refused(world: World) -> None:
    with start("backlog", environ={**world.environ, "ALIBABA_CLOUD_ACCESS_KEY_ID": "se\u00f1or"}) as process:
        output, errors = process.communicate()
    assert (process.returncode, output, errors.count("\n")) == (2, "", 1)
    assert "characters that no credentials have" in errors


def test_a_secret_in_an_answer_is_not_shown(world: World) -> None:
    world.smq.faults = Faults(rule=lambda _request: Refusal(403, "AccessDenied", "MySecretKey is none"))
    who = Credentials("AK", "MySecretKey")
    result = run("backlog", environ=world.environ, clock=world.clock, credentials=lambda: who)
    assert ("*** is none" in result.stderr, "MySecretKey" in result.output) == (True, False)


@pytest.mark.parametrize(
    "words",
    [
        ("nothing",),
        ("backlog", "--nothing"),
        ("backlog", "too much"),
        ("dead-letters", "show"),
        ("dead-letters", "redrive", "--from-logs"),
        ("--smq-endpoint",),
    ],
)
def test_malformed_arguments_are_refused(world: World, words: Sequence[str]) -> None:
    result = run(*words, environ=world.environ, clock=world.clock)
    assert (result.exit_code, result.stderr.count("\n"), result.stdout) == (2, 1, "")


@pytest.mark.parametrize("words", [("--json", "dead-letters"), ("--json",), ("dead-letters", "--json")])
def test_a_missing_command_is_an_error_in_json_too(world: World, words: Sequence[str]) -> None:
    result = run(*words, environ=world.environ, clock=world.clock)
    assert (result.exit_code, result.stderr.count("\n"), list(json.loads(result.stdout))) == (2, 1, ["error"])


@pytest.mark.load
def test_a_closed_pipe_causes_no_traceback(world: World) -> None:
    """`… | head -1`: no traceback."""
    give_up(world, *(dead_letter(url(number)) for number in range(1_000)))
    with start("dead-letters", "list", environ=world.environ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
    assert (process.returncode, world.smq.queue("dead-letters").counts().active) == (2, 1_000)


@pytest.mark.parametrize("words", [("backlog", "--json"), ("--help",)], ids=" ".join)
def test_a_short_document_into_a_closed_pipe_is_no_error(world: World, words: Sequence[str]) -> None:
    """A short document is written when the command ends."""
    with start(*words, environ=world.environ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 2
