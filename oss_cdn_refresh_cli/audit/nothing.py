"""Explains why an audit compared nothing, and when to run it again: such an audit proves nothing."""

from math import ceil
from typing import NamedTuple

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh_cli.audit.examination import LEFT_OUT, PASSED_OVER
from oss_cdn_refresh_cli.audit.progress import Progress
from oss_cdn_refresh_cli.audit.verdicts import Finding
from oss_cdn_refresh_cli.operation.changes import WHY
from oss_cdn_refresh_cli.shared.output import counted, shortened

LONG = 200  # characters of what the edge says


class Nothing(NamedTuple):
    """The reasons in one sentence; `again_at` is when the youngest change leaves the grace, "" where none is in it."""

    why: str
    again_at: str

    def fields(self) -> dict[str, str | None]:
        """The fields in the JSON document."""
        return {"why": self.why, "again_at": self.again_at or None}


def nothing(progress: Progress, grace: float, now: float) -> Nothing:
    """Why nothing was compared, the reason that most depends on the operator first; `now` is in epoch seconds."""
    counts = progress.counts
    reasons: list[str] = []
    again_at = ""
    if counts[PASSED_OVER] and progress.newest + grace > now:
        again = ceil(progress.newest + grace)
        again_at = timestamp(again)
        who = "1 object has" if counts[PASSED_OVER] == 1 else f"{counts[PASSED_OVER]} objects have"
        reasons.append(
            f"{who} changed within the grace of {grace:g} s, and the youngest change is "
            f"{max(0, round(now - progress.newest))} s old: run it again at {again_at[11:19]} UTC, in "
            f"{max(1, ceil(again - now))} s, or with a smaller --grace"
        )
    elif counts[PASSED_OVER]:
        reasons.append(f"{counted(counts[PASSED_OVER], 'object')} changed while it was looked at: run it again")
    unreachable = progress.found(Finding.UNREACHABLE)
    if unreachable:
        why = shortened(unreachable[0].why, LONG)
        reasons.append(
            f"{counted(len(unreachable), 'URL')} could not be compared ({why}): see that the edge can be reached from "
            "here, or name a node with --connect-to, what it asks for with --header"
        )
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
    return Nothing("; ".join(reasons) or "no object was named: give keys, one bucket/key a line", again_at)
