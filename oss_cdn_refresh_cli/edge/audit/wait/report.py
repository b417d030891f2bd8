"""The report of a wait: a table and sentences for people, a document for scripts, and the exit code."""

from typing import Any

from oss_cdn_refresh_cli.edge.audit.progress import Found
from oss_cdn_refresh_cli.edge.audit.report import NO_OBJECT, show_rest, table, uncompared, urls
from oss_cdn_refresh_cli.edge.audit.verdicts import Finding
from oss_cdn_refresh_cli.edge.audit.wait.polls import INTERRUPTED, Waited
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared.errors import Exit
from oss_cdn_refresh_cli.shared.output import counted
from oss_cdn_refresh_cli.shared.times import duration


def show(operation: Operation, waited: Waited, nothing: str = NO_OBJECT) -> None:
    """Show the result to people; `nothing`: why nothing was compared if no object says why."""
    output = operation.output
    stale, unreachable = _of(waited, Finding.STALE), _of(waited, Finding.UNREACHABLE)
    table(operation, "stale", stale)
    table(operation, "not compared", unreachable)
    after = duration(waited.seconds)
    if waited.found:
        output.say(
            f"After {after}: {counted(waited.fresh, 'URL')} fresh, {len(stale):,} stale, "
            f"{len(unreachable):,} could not be compared."
        )
    elif waited.fresh:
        output.say(f"{counted(waited.fresh, 'URL')} fresh, after {after}.")
    show_rest(operation, waited.counts)
    if waited.stopped:
        output.complain(waited.stopped)
    elif not (waited.fresh or waited.found):
        output.complain(f"nothing was compared: {'; '.join(uncompared(waited.counts)) or nothing}")


def document(waited: Waited) -> dict[str, Any]:
    """The result for scripts."""
    return {
        "fresh": waited.fresh,
        "stale": urls(_of(waited, Finding.STALE)),
        "unreachable": urls(_of(waited, Finding.UNREACHABLE)),
        "waited_s": round(waited.seconds),
        **({"error": waited.stopped} if waited.stopped else {}),
    }


def code(waited: Waited, before: Exit = Exit.DONE) -> Exit:
    """1 if a URL is stale; 2 if it was interrupted, or a URL, or all of them, could not be compared.

    before: the code of what the command did before it waited.
    """
    if waited.stopped == INTERRUPTED:
        return Exit.COULD_NOT
    failed = waited.stopped or _of(waited, Finding.UNREACHABLE) or not (waited.fresh or waited.found)
    return Exit.of(
        found=before is Exit.FOUND or bool(_of(waited, Finding.STALE)),
        failed=before is Exit.COULD_NOT or bool(failed),
    )


def _of(waited: Waited, finding: Finding) -> list[Found]:
    return [found for found in waited.found if found.finding is finding]
