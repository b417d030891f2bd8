"""What an audit tells: a table and sentences for people, four fields for scripts."""

from collections.abc import Sequence

from oss_cdn_refresh_cli.audit.examination import CHECKED, LEFT_OUT, PASSED_OVER
from oss_cdn_refresh_cli.audit.nothing import Nothing
from oss_cdn_refresh_cli.audit.progress import Found, Progress
from oss_cdn_refresh_cli.audit.verdicts import Finding
from oss_cdn_refresh_cli.operation.changes import WHY
from oss_cdn_refresh_cli.operation.handler import Submitted
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared.errors import Exit
from oss_cdn_refresh_cli.shared.output import Column, counted, shortened

SHOWN = 50  # URLs of each kind, for people
LONG = 200  # characters of a reason


def show(
    operation: Operation,
    progress: Progress,
    stopped: str,
    done: Submitted | None,
    none: Nothing | None,
    *,
    repair: bool,
) -> Exit:
    """Show it all; the exit code says whether anything stays stale.

    stopped: why the audit ended early, or "". none: why it came to its end and compared nothing.
    """
    output = operation.output
    stale, unreachable = progress.found(Finding.STALE), progress.found(Finding.UNREACHABLE)
    repaired = done.refreshed if done else 0
    _table(operation, "stale", stale)
    _table(operation, "not compared", unreachable)
    checked = progress.counts[CHECKED]
    output.say(f"{counted(checked, 'URL')} checked, {len(stale)} stale, {len(unreachable)} could not be compared.")
    _show_rest(operation, progress)
    if done:
        _show_repair(operation, done)
    if none:
        output.complain(f"nothing was compared: {none.why}")
    if stopped:
        output.complain(f"the audit stopped early, run it again to go on: {stopped}")
    elif stale and not repair:
        output.next_step("refresh what is stale: run it again with --repair")
    elif repaired:
        output.next_step("a refresh takes effect in 5 to 6 minutes: run the audit again after that")
    output.document(
        {
            "checked": checked,
            "stale": _urls(stale),
            "unreachable": _urls(unreachable),
            "repaired": repaired,
            **({"error": stopped} if stopped else {}),
            **({"nothing_compared": none.fields()} if none else {}),
        }
    )
    return Exit.of(found=len(stale) > repaired, failed=bool(unreachable or stopped or none))


def _table(operation: Operation, name: str, found: Sequence[Found]) -> None:
    shown = [(each.item.url, shortened(each.why, LONG)) for each in found[:SHOWN]]
    operation.output.table([name, "why"], shown)
    if len(found) > SHOWN:
        operation.output.say(f"… and {len(found) - SHOWN} more: --json tells them all.")
    if found:
        operation.output.say()


def _show_rest(operation: Operation, progress: Progress) -> None:
    """What was not asked for, and why."""
    output, counts = operation.output, progress.counts
    if counts[PASSED_OVER]:
        output.say(f"{counted(counts[PASSED_OVER], 'object')} passed over: changed too lately, or during the audit.")
    if counts[LEFT_OUT]:
        output.say(f"{counted(counts[LEFT_OUT], 'item')} left out: a directory, or a URL that many objects share.")
    for why, meaning in WHY.items():
        if counts[why]:
            output.say(f"{counted(counts[why], 'object')} ignored: {meaning}.")


def _show_repair(operation: Operation, done: Submitted) -> None:
    output, settings = operation.output, operation.settings
    output.say(f"{done.refreshed} repaired: the CDN has accepted their refresh.")
    if done.deferred:
        output.say(f'{done.deferred} put into the backlog "{settings.backlog}": stale until it is drained.')
    if done.dead_lettered:
        output.say(f'{done.dead_lettered} given up, in the dead letters "{settings.dead_letters}".')
    output.table(["reason", Column("items", figures=True)], done.reasons.items())
    if done.lost:
        output.complain(f"{done.lost} could be put nowhere, {', '.join(done.reasons)}: run it again")


def _urls(found: Sequence[Found]) -> list[str]:
    return list(dict.fromkeys(each.item.url for each in found))
