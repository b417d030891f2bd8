"""One run of an audit: it continues an earlier run, examines each remaining object, and repairs stale URLs."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from oss_cdn_refresh.settings.environment import DIRECT
from oss_cdn_refresh_cli.edge.audit.examination import PASSED_OVER, Examination
from oss_cdn_refresh_cli.edge.audit.objects import Objects, draw
from oss_cdn_refresh_cli.edge.audit.progress import Entry, Progress, usual_path
from oss_cdn_refresh_cli.edge.audit.verdicts import Finding
from oss_cdn_refresh_cli.operation.handler import Submitted, submit
from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.shared.errors import Failed
from oss_cdn_refresh_cli.shared.output import counted

DIGEST = 16  # characters of a digest that identifies an audit


def digest_of(text: str) -> str:
    """A digest of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:DIGEST]


def progress_of(operation: Operation, about: Mapping[str, Any], state: str | None) -> Progress:
    """The progress of an earlier run of the same audit, or of a new one.

    about: the options that identify the audit. state: the file of its state, None for the default one.
    """
    written = json.dumps(about, sort_keys=True)
    path = usual_path(digest_of(written), operation.effects.now()) if state is None else state
    progress = Progress(path, json.loads(written))
    if progress.resumed:
        count = progress.counts["checked"]
        operation.output.warn(
            f"going on where an earlier run stopped, {counted(count, 'URL')} checked; to begin anew, remove {path}"
        )
    return progress


def examine(
    operation: Operation,
    objects: Objects,
    examination: Examination,
    progress: Progress,
    buckets: Collection[str],
) -> str:
    """Examine every remaining object; returns why that ended early, or ""."""

    def candidates() -> Iterator[Entry]:
        for entry in objects.entries(operation, progress.position, buckets):
            obstacle = examination.obstacle(entry)
            if obstacle:
                young = entry.stored if obstacle == PASSED_OVER else None
                progress.note(entry.position, (), {obstacle: 1}, young.modified if young else 0.0)
            else:
                yield entry

    try:
        if objects.sample and not progress.sampled:
            with operation.output.progress("Drawing the sample") as step:
                for _ in draw(candidates(), objects.sample, progress, operation.effects.uniform):
                    step(1)
            progress.drawn()
        with operation.output.progress("Asking the edge", objects.sample) as step:
            for entry in progress.sample() if objects.sample else candidates():
                progress.note(entry.position, *examination.examine(entry))
                step(1, _findings(progress))
    except Failed as error:
        if not progress.resumed and not progress.counts:  # there is no progress to keep
            raise
        return str(error)
    return ""


def _findings(progress: Progress) -> str:
    """What was found so far, for the progress bar."""
    counts = progress.found_so_far
    return f"{counts[Finding.STALE.value]:,} stale, {counts[Finding.UNREACHABLE.value]:,} not compared"


def repair(operation: Operation, progress: Progress) -> Submitted | None:
    """Refresh the stale URLs as `refresh --now` does: those that the CDN does not accept at once are deferred."""
    items = [found.item for found in progress.found(Finding.STALE)]
    if not items:
        return None
    with operation.output.progress("Refreshing", len(items)) as step:
        return submit(operation, items, DIRECT, step)
