"""Makes the stand-in give each of the two answers to the questions about ESA."""

from probed import Lines, Probed, Turn
from three import HOST, SITE_ID

from oss_cdn_refresh_box.cdn import Script

HOUR = 3_600.0


def takes_eight_calls(probed: Probed) -> None:
    """ESA takes 8 calls of an action in a second."""
    probed.esa.limits = probed.esa.limits._replace(calls_per_second=8)


def takes_fifty_preloads(probed: Probed) -> None:
    """ESA takes 50 URLs in a preload."""
    probed.esa.limits = probed.esa.limits._replace(preloads_per_call=50)


def filters_by_id(probed: Probed) -> None:
    """ESA lists only the tasks with the id that a call names."""
    probed.esa.limits = probed.esa.limits._replace(filters_by_task_id=True)


def takes_no_digits(probed: Probed) -> None:
    """ESA does not understand the id of a site in a call about its quota."""
    probed.refuse("esa", "GetPurgeQuota", "InvalidStationParameter")


def takes_no_post(probed: Probed) -> None:
    """ESA answers calls about a quota by GET only."""
    probed.refuse("esa", "GetPurgeQuota", "InvalidAction.NotFound")


def knows_another_quota(probed: Probed) -> None:
    """ESA refuses a purge for a quota, although its figures show none for 30 days."""
    probed.refuse("esa", "PurgeCaches", "QuotaExceeded.Purge")


def was_refreshed_at_night(probed: Probed) -> None:
    """It is 09:00 UTC+8, and a URL was refreshed at 02:00 UTC+8, before midnight in UTC."""
    probed.clock.advance(14 * HOUR)  # from noon
    probed.submit("esa", f"https://{HOST['esa']}/earlier.jpg")
    probed.clock.advance(7 * HOUR)


def begins_its_day_in_utc(probed: Probed) -> None:
    """It is 09:00 UTC+8, a URL was refreshed at 02:00 UTC+8, and ESA resets its quotas at midnight in UTC."""
    probed.esa.ledger.today.zone = 0
    was_refreshed_at_night(probed)


def shows_a_summary(probed: Probed) -> None:
    """The tasks of ESA have no URLs."""
    probed.esa.tasks.script = lambda _type, _url, _times: Script(row={"ObjectPath": "2 files"})


def does_not_know_the_account(probed: Probed) -> None:
    """The endpoint does not know the access key."""
    probed.refuse("esa", "GetPurgeQuota", "InvalidAccessKeyId.NotFound")


ACCEPTED = {
    "event": "accepted",
    "product": "esa",
    "site_id": str(SITE_ID),
    "object_type": "File",
    "items": 1,
    "domains": ["a.example"],
    "first_url": "https://a.example/b",
    "task_ids": ["1"],
}
REFUSED = {**ACCEPTED, "event": "refused", "level": "WARNING", "message": "", "tries": 1}

TURNS: dict[str, Turn | Lines] = {
    "esa-rate": Turn(takes_eight_calls, product="esa"),
    "esa-preload-size": Turn(takes_fifty_preloads, product="esa"),
    "esa-task-filter": Turn(filters_by_id, product="esa"),
    "esa-right": Lines(
        other=({**REFUSED, "code": "Forbidden.RAM", "means": "bad_domain"},),
        assumed=(ACCEPTED,),
        setting="infra/ros.yml: * instead of site/…",
    ),
    "esa-site-id": Turn(takes_no_digits, product="esa"),
    "esa-quota-method": Turn(takes_no_post, product="esa"),
    "esa-30-days": Turn(knows_another_quota, product="esa"),
    "esa-reset": Turn(begins_its_day_in_utc, assumed=was_refreshed_at_night, product="esa"),
    "esa-quota-code": Lines(
        other=({**REFUSED, "code": "PurgeLimitReached", "means": "unknown"},),
        assumed=({**REFUSED, "code": "QuotaExceeded.Purge", "means": "day_quota"},),
    ),
    "esa-task-content": Turn(shows_a_summary, product="esa", setting="confirm: {mode: never}"),
    "esa-endpoint": Turn(
        does_not_know_the_account, product="esa", setting="ESA_ENDPOINT=https://esa.ap-southeast-1.aliyuncs.com"
    ),
}
