"""What a check finds, and the checks in the order in which they are told."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from oss_cdn_refresh_cli.deployment.props import EMPTY
from oss_cdn_refresh_cli.deployment.rules import finding
from oss_cdn_refresh_cli.deployment.rules.finding import Weight
from oss_cdn_refresh_cli.doctor.problems import Problem

CHECKS = (
    "config",
    "globs",
    "credentials",
    "clock",
    "rights",
    "domain",
    "cache_key",
    "bucket",
    "website",
    "function",
    "layer",
    "oss_trigger",
    "queue_trigger",
    "failure_destination",
    "queues",
    "quota",
    "endpoint",
    "competitor",
)
AGAIN = "deploy again"
OK, WARNING, FAILURE = "ok", "warning", "failure"


class Finding(NamedTuple):
    """What one check found: `status` is ok, warning or failure, and `remedy` what fixes it, "" where nothing has to."""

    check: str
    status: str
    detail: str
    remedy: str = ""


def ok(check: str, detail: str) -> Finding:
    """All is well."""
    return Finding(check, OK, detail)


def warning(check: str, detail: str, remedy: str) -> Finding:
    """It works, but not as it could, or it may not."""
    return Finding(check, WARNING, detail, remedy)


def failure(check: str, detail: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(check, FAILURE, detail, remedy)


def unchecked(check: str, problem: Problem, what: str = "") -> Finding:
    """It could not be looked at. Whatever kept us from it is another check's failure, if it is one."""
    about = f"{what}: " if what else ""
    return Finding(check, WARNING, f"not checked: {about}{problem.why}", problem.remedy)


def judged(
    check: str, found: Iterable[finding.Finding], then: str = AGAIN, unread: Mapping[str, Problem] = EMPTY
) -> list[Finding]:
    """What the rules of a deployment found; `then` is what remains to do after each remedy.

    A part that was not told is not judged: `unread` has the places of such parts.
    """
    return [
        Finding(
            check,
            FAILURE if each.weight is Weight.FAULT else WARNING,
            f"{each.place}: {each.what}",
            f"{each.remedy}, and {then}",
        )
        for each in found
        if not any(each.place.startswith(place) for place in unread)
    ]
