"""`invoke`: sends payloads to the deployed function, and shows its answers."""

import json
from collections.abc import Sequence
from typing import Any

import click

from oss_cdn_refresh_cli.clients import fc_sdk
from oss_cdn_refresh_cli.clients.fc_sdk import LARGEST, Called
from oss_cdn_refresh_cli.deployment.expectations import NAME
from oss_cdn_refresh_cli.operation.operation import Command, Operation
from oss_cdn_refresh_cli.shared.errors import CredentialsRefused, Exit, Failed, Refused
from oss_cdn_refresh_cli.shared.output import Column, Kind, counted, shortened

A_FILE = click.Path(exists=True, dir_okay=False, allow_dash=True)
FIGURES = ("changes", "urls", "refreshed", "deferred", "dead_lettered", "unreadable", "requests")
A_PATH = Column("file", kind=Kind.URL)
FOUND = ("deferred", "dead_lettered", "unreadable")


@click.command(cls=Command)
@click.argument("files", nargs=-1, required=True, type=A_FILE, metavar="FILE…")
@click.option("--wait", is_flag=True, help="Wait for the function's answer.")
@click.option("--function-name", metavar="NAME", help="The function; else REFRESH_NAME, else oss-cdn-refresh.")
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
            raise Failed(f"{file} has {len(payload):,} bytes, more than {LARGEST[kind]:,}: {remedy}")
    results: list[tuple[str, Called | Refused]] = []
    with output.progress("Invoking", len(payloads)) as step:
        for file, payload in payloads:
            results.append((file, _call(operation, name, payload, kind)))
            step(1)
    called = [(file, answer) for file, answer in results if isinstance(answer, Called)]
    summaries = [_summary(answer.payload) for _, answer in called]
    if wait:
        columns = [Column(figure.replace("_", " "), figures=True, spare=figure == "requests") for figure in FIGURES]
        rows = [
            (file, *(summary.get(figure) for figure in FIGURES))
            for (file, _), summary in zip(called, summaries, strict=True)
        ]
        output.table([A_PATH, *columns], rows)
    elif called:
        output.table(
            [A_PATH, Column("request id", kind=Kind.ID)], [(file, answer.request_id) for file, answer in called]
        )
        output.say(f"{counted(len(called), 'payload')} taken by {name}.")
        output.next_step("see the results in the function's log, by the request id")
    entries = [_entry(file, answer, wait=wait) for file, answer in results]
    for file, answer in results:
        if isinstance(answer, Refused):
            output.complain(f"{file}: {answer}")
        elif answer.error:
            message = shortened(_message(answer.payload), 500)
            output.complain(
                f"{file}: {name} failed ({answer.error}): {message}: see its log, request {answer.request_id}"
            )
    output.document(entries)
    found = any(summary.get(figure) for summary in summaries for figure in FOUND)
    return Exit.of(found=found, failed=any(entry["error"] for entry in entries))


def _call(operation: Operation, name: str, payload: bytes, kind: str) -> Called | Refused:
    """The answer or the refusal for one payload. A refusal does not hide the payloads before it, which are sent.

    :raises CredentialsRefused: every other payload would be refused too.
    """
    try:
        return fc_sdk.invoke(operation, name, payload, kind)
    except CredentialsRefused:
        raise
    except Refused as refusal:
        return refusal


def _entry(file: str, answer: Called | Refused, *, wait: bool) -> dict[str, Any]:
    if isinstance(answer, Refused):
        return {"file": file, "request_id": None, "error": str(answer), "answer": None}
    return {
        "file": file,
        "request_id": answer.request_id,
        "error": answer.error or None,
        "answer": _parsed(answer.payload) if wait else None,
    }


def _content(file: str) -> bytes:
    with click.open_file(file, "rb") as opened:
        return bytes(opened.read())


def _parsed(payload: str) -> Any:
    """The answer as JSON, or unchanged if it is not JSON."""
    try:
        return json.loads(payload)
    except (ValueError, RecursionError):
        return payload


def _summary(payload: str) -> dict[str, Any]:
    found = _parsed(payload)
    return found if isinstance(found, dict) else {}


def _message(payload: str) -> str:
    return str(_summary(payload).get("errorMessage") or payload)
