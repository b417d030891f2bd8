"""Makes the stand-in give each of the two answers to the questions about tasks."""

from probed import Lines, Probed, Turn, nothing
from three import HOST

from oss_cdn_refresh_box.cdn import Script

HOUR = 3_600.0


def a_task(probed: Probed, script: Script) -> None:
    """A task of a refresh two hours ago, with these statuses."""
    probed.cdn.tasks.script = lambda _type, _url, _times: script
    probed.submit("cdn", f"https://{HOST['cdn']}/earlier.jpg")
    probed.cdn.tasks.script = lambda _type, _url, _times: None
    probed.clock.advance(2 * HOUR)


def is_quick(probed: Probed) -> None:
    """Tasks are complete after a minute."""
    probed.cdn.tasks.seconds = 60.0


def has_failed(probed: Probed) -> None:
    """A task has failed."""
    a_task(probed, Script("Failed", seconds=60.0))


def has_failed_and_recovers(probed: Probed) -> None:
    """A task has failed, and will be complete in some minutes."""
    a_task(probed, Script("Complete", seconds=2 * HOUR + 300, meanwhile="Failed"))


def has_failed_for_nothing(probed: Probed) -> None:
    """A task has failed, and its URL uses no quota."""
    probed.cdn.limits = probed.cdn.limits._replace(failed_tasks_use_quota=False)
    has_failed(probed)


def has_another_word(probed: Probed) -> None:
    """The status of tasks is a word that no document has."""
    probed.cdn.tasks.script = lambda _type, _url, _times: Script(meanwhile="Queued")


def has_ids_of_its_own(probed: Probed) -> None:
    """Each call has an id of its own."""
    probed.cdn.tasks.merges_ids = False


def is_stale_at_first(probed: Probed) -> None:
    """The first look-up shows the status before the last one."""
    probed.cdn.tasks.script = lambda _type, _url, _times: Script(stale_looks=1)


def cuts(probed: Probed) -> None:
    """An answer has 500 rows at most."""
    probed.cdn.tasks.most_rows = 500


def knows_no_unknown_id(probed: Probed) -> None:
    """An id without a task is an error."""
    probed.refuse("cdn", "DescribeRefreshTaskById", "InvalidTaskId.Malformed", holding="TaskId=1")


def shows_paths(probed: Probed) -> None:
    """Rows show the path instead of the URL."""
    probed.cdn.tasks.script = lambda _type, url, _times: Script(row={"ObjectPath": "/" + url.split("/", 3)[3]})


def shows_files(probed: Probed) -> None:
    """The row of every item has the type of a URL."""
    probed.cdn.tasks.script = lambda _type, _url, _times: Script(row={"ObjectType": "file"})


CONFIRMED = {"event": "confirmed", "product": "cdn", "object_type": "File", "items": 1, "first_url": "https://a/b"}
THROTTLED = {"event": "look_up_refused", "level": "WARNING", "product": "cdn", "message": "", "task_ids": ["1"]}

TURNS: dict[str, Turn | Lines] = {
    "task-duration": Turn(is_quick, setting="confirm: {after: 60}"),
    "failed-is-final": Turn(has_failed_and_recovers, assumed=has_failed, setting="confirm: {resubmit: 0}"),
    "status-words": Turn(has_another_word),
    "failed-quota": Turn(has_failed_for_nothing, assumed=has_failed),
    "shared-ids": Turn(has_ids_of_its_own),
    "first-look": Turn(nothing, assumed=is_stale_at_first),
    "look-up-cut": Turn(cuts, setting="limits: {urls_per_call: 100}"),
    "unknown-id": Turn(knows_no_unknown_id),
    "row-url": Turn(shows_paths, setting="confirm: {mode: never}"),
    "row-type": Turn(nothing, assumed=shows_files),
    "look-up-rate": Lines(other=(CONFIRMED, {**THROTTLED, "code": "Throttling.User"}), assumed=(CONFIRMED,)),
}
