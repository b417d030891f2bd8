"""Reports on messages that a command could not find, read or put back."""

from collections import Counter
from collections.abc import Sequence

from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.queues.reader import Hidden
from oss_cdn_refresh_cli.shared.output import Output, counted


def unknown_reason(reason: str | None, there: Counter[str], what: str) -> str:
    """The error if no `what` has the given reason; "" if one has it, or if there is none at all."""
    if reason is None or not there or there[reason]:
        return ""
    names = ", ".join(f"{name} ({count:,})" for name, count in there.most_common())
    return f'no {what} has the reason "{reason}": give one of those that there are: {names}'


def complain_of(missing: Sequence[str], output: Output) -> None:
    """Report the chosen ids without a dead letter."""
    if missing:
        output.complain(f"there is no dead letter with the id {', '.join(missing)} that is visible now")


def complain_of_hidden(hidden: Hidden, output: Output) -> None:
    """Report how many dead letters could not be read, and why."""
    again = f"run it again in {hidden.seconds} s"
    if hidden.lost:
        output.complain(
            f"{counted(hidden.lost, 'dead letter')} hidden now: SMQ's answer with them did not arrive here: {again}"
        )
    if hidden.others:
        output.complain(
            f"{counted(hidden.others, 'dead letter')} hidden now, received by another reader or by a run that was "
            f"killed: {again}"
        )


def say_put_back(operation: Operation, put_back: int, found: int, unknown: str, *, dry_run: bool) -> None:
    """Report how many messages were put back; `unknown` is the error for an unknown reason, or ""."""
    output = operation.output
    if unknown:
        output.complain(unknown)
    elif not found:
        output.say("There is nothing to put back.")
    elif dry_run:
        output.say(f'{found:,} would be put back into the backlog "{operation.settings.backlog}".')
    elif put_back:
        output.say(f'{put_back:,} put back into the backlog "{operation.settings.backlog}".')
        output.next_step("see the backlog: oss-cdn-refresh backlog")
