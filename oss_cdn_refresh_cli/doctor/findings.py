"""What a check finds, and the checks in the order in which they are told."""

from typing import NamedTuple

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
