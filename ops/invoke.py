"""`invoke`: send payloads to the deployed function, and show what it made of them."""

import json
from collections.abc import Sequence
from typing import Any

import click

from ops import fc_sdk
from ops.errors import Exit, Failed
from ops.fc_sdk import LARGEST, Called
from ops.operation import Command, Operation
from ops.output import Column, counted, shortened

A_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True)
NAME = "oss-cdn-refresh"  # the default of REFRESH_NAME in template.yml
FIGURES = ("changes", "urls", "refreshed", "deferred", "dead_lettered", "unreadable", "requests")
FOUND = ("deferred", "dead_lettered", "unreadable")


@click.command(cls=Command)
@click.argument("files", nargs=-1, required=True, type=A_FILE, metavar="FILE…")
@click.option("--wait", is_flag=True, help="Wait for the function's answer.")
@click.option("--function-name", metavar="NAME", help="Its name; else REFRESH_NAME, else oss-cdn-refresh.")
@click.pass_obj
def invoke(operation: Operation, *, files: Sequence[str], wait: bool, function_name: str | None) -> Exit:
    """Send each file as a payload to the deployed function."""
    output = operation.output
    name = function_name or operation.settings.environ.get("REFRESH_NAME") or NAME
    kind = "Sync" if wait else "Async"
    payloads = [(file, _content(file)) for file in files]
    for file, payload in payloads:
        if len(payload) > LARGEST[kind]:
            remedy = "send less at once" if wait else "send less at once, or --wait"
            raise Failed(f"{file} has {len(payload)} bytes, more than {LARGEST[kind]}: {remedy}")
    called: list[tuple[str, Called]] = []
    with output.progress("Invoking", len(payloads)) as step:
        for file, payload in payloads:
            called.append((file, fc_sdk.invoke(operation, name, payload, kind)))
            step(1)
    summaries = [_summary(answer.payload) for _, answer in called]
    if wait:
        columns = [Column(figure.replace("_", " "), figures=True) for figure in FIGURES]
        rows = [
            (file, *(summary.get(figure) for figure in FIGURES))
            for (file, _), summary in zip(called, summaries, strict=True)
        ]
        output.table(["file", *columns], rows)
    else:
        output.table(["file", "request id"], [(file, answer.request_id) for file, answer in called])
        output.say(f"{counted(len(called), 'payload')} taken by {name}.")
        output.next_step("see what it made of them in the function's log, by the request id")
    for file, answer in called:
        if answer.error:
            told = shortened(_message(answer.payload), 500)
            output.complain(f"{file}: {name} failed ({answer.error}): {told}: see its log, request {answer.request_id}")
    output.document(
        [
            {
                "file": file,
                "request_id": answer.request_id,
                "error": answer.error or None,
                "answer": _parsed(answer.payload) if wait else None,
            }
            for file, answer in called
        ]
    )
    found = any(summary.get(figure) for summary in summaries for figure in FOUND)
    return Exit.of(found=found, failed=any(answer.error for _, answer in called))


def _content(file: str) -> bytes:
    with click.open_file(file, "rb") as opened:
        return bytes(opened.read())


def _parsed(payload: str) -> Any:
    """The answer as JSON, or as it came."""
    try:
        return json.loads(payload)
    except ValueError:
        return payload


def _summary(payload: str) -> dict[str, Any]:
    found = _parsed(payload)
    return found if isinstance(found, dict) else {}


def _message(payload: str) -> str:
    return str(_summary(payload).get("errorMessage") or payload)
