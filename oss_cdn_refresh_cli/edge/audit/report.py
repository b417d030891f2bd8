"""The report of an audit: a table and sentences for people, a document for scripts.

An audit that compared nothing proves nothing: the report gives the reasons and the time for another run.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from math import ceil

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh_cli.edge.audit.examination import CHECKED, LEFT_OUT, PASSED_OVER
from oss_cdn_refresh_cli.edge.audit.progress import Found, Progress
from oss_cdn_refresh_cli.edge.audit.verdicts import Finding
from oss_cdn_refresh_cli.operation.changes import WHY, say_ignored
from oss_cdn_refresh_cli.operation.handler import Submitted
from oss_cdn_refresh_cli.operation.handler import show as show_submitted
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared import times
from oss_cdn_refresh_cli.shared.errors import Exit
from oss_cdn_refresh_cli.shared.output import Column, Kind, counted, shortened

SHOWN = 50  # URLs of each kind, for people
LONG = 200  # characters of a reason
NO_OBJECT = "no object was found: check the prefix, or give keys, one bucket/key a line"


def show(
    operation: Operation,
    progress: Progress,
    stopped: str,
    done: Submitted | None,
    *,
    grace: float,
    repair: bool,
) -> Exit:
    """Show the whole report; returns the exit code.

    stopped: why the audit ended early, or "". done: the result of the repair. grace: in seconds.
    """
    output = operation.output
    compared = progress.counts[CHECKED] or stopped
    now = operation.effects.now()
    none = None if compared else _nothing(progress, grace, now, timestamp)
    stale, unreachable = progress.found(Finding.STALE), progress.found(Finding.UNREACHABLE)
    repaired = done.refreshed if done else 0
    table(operation, "stale", stale)
    table(operation, "not compared", unreachable)
    checked = progress.counts[CHECKED]
    output.say(f"{counted(checked, 'URL')} checked, {len(stale):,} stale, {len(unreachable):,} could not be compared.")
    show_rest(operation, progress.counts)
    if done:
        output.say(f"{done.refreshed:,} repaired: the CDN has accepted their refresh.")
        show_submitted(operation, done, deferred=": stale until it is drained")
    if none:
        told = _nothing(progress, grace, now, lambda at: times.moment(at, now))
        output.complain(f"nothing was compared: {told['why']}")
    if stopped:
        output.complain(f"the audit stopped early, run it again to go on: {stopped}")
    elif stale and not repair:
        output.next_step("refresh the stale URLs: run it again with --repair")
    elif repaired:
        output.next_step("a refresh takes effect in 5 to 6 minutes: run the audit again after that")
    output.document(
        {
            "checked": checked,
            "stale": urls(stale),
            "unreachable": urls(unreachable),
            "repaired": repaired,
            **({"error": stopped} if stopped else {}),
            **({"nothing_compared": none} if none else {}),
        }
    )
    return Exit.of(found=len(stale) > repaired, failed=bool(unreachable or stopped or none))


def table(operation: Operation, name: str, found: Sequence[Found]) -> None:
    """Show the first URLs of a kind, with the reasons."""
    shown = [(each.item.url, shortened(each.why, LONG)) for each in found[:SHOWN]]
    operation.output.table([Column(name, kind=Kind.URL), "why"], shown)
    if len(found) > SHOWN:
        operation.output.say(f"… and {len(found) - SHOWN:,} more: --json shows all.")
    if found:
        operation.output.say()


def show_rest(operation: Operation, counts: Counter[str]) -> None:
    """Report the objects and items that were not compared, with the reasons."""
    output = operation.output
    if counts[PASSED_OVER]:
        output.say(f"{counted(counts[PASSED_OVER], 'object')} passed over: changed too recently, or during the audit.")
    if counts[LEFT_OUT]:
        output.say(f"{counted(counts[LEFT_OUT], 'item')} left out: a directory, or a URL that many objects share.")
    say_ignored(counts, output)


def urls(found: Sequence[Found]) -> list[str]:
    """The distinct URLs."""
    return list(dict.fromkeys(each.item.url for each in found))


def _nothing(progress: Progress, grace: float, now: float, shown: Callable[[float], str]) -> dict[str, str | None]:
    """Why nothing was compared, as fields of the document; `now` is in epoch seconds. `shown`: writes a time.

    why: reasons that the operator can change come first. again_at: when the youngest change leaves the grace, or None.
    """
    counts = progress.counts
    reasons: list[str] = []
    again_at = None
    if counts[PASSED_OVER] and progress.newest + grace > now:
        again = ceil(progress.newest + grace)
        again_at = timestamp(again)
        who = f"{counted(counts[PASSED_OVER], 'object')} {'has' if counts[PASSED_OVER] == 1 else 'have'}"
        reasons.append(
            f"{who} changed within the grace of {grace:g} s, and the youngest change is "
            f"{max(0, round(now - progress.newest))} s old: run it again at {shown(again)}, or "
            "with a smaller --grace"
        )
    elif counts[PASSED_OVER]:
        reasons.append(f"{counted(counts[PASSED_OVER], 'object')} changed while it was looked at: run it again")
    unreachable = progress.found(Finding.UNREACHABLE)
    if unreachable:
        why = shortened(unreachable[0].why, LONG)
        reasons.append(
            f"{counted(len(unreachable), 'URL')} could not be compared ({why}): check that the edge can be reached "
            "from here, or name a node with --connect-to, and headers that it requires with --header"
        )
    reasons += uncompared(counts)
    why = "; ".join(reasons) or NO_OBJECT
    return {"why": why, "again_at": again_at}


def uncompared(counts: Counter[str]) -> list[str]:
    """Why objects and items are never compared, and what to do."""
    reasons: list[str] = []
    for name, meaning in WHY.items():
        if counts[name]:
            reasons.append(
                f"{counted(counts[name], 'object')} ignored ({meaning}): see oss-cdn-refresh validate --key BUCKET/KEY"
            )
    if counts[LEFT_OUT]:
        reasons.append(
            f"{counted(counts[LEFT_OUT], 'item')} left out (a directory, or a URL that many objects share): name other "
            "objects"
        )
    return reasons
