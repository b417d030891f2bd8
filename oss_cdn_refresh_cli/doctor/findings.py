"""What a check finds, and how a check is run."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from oss_cdn_refresh_cli.deployment.props import EMPTY
from oss_cdn_refresh_cli.deployment.rules import finding
from oss_cdn_refresh_cli.deployment.rules.finding import Weight
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.problems import Problem

AGAIN = "deploy again"
OK, WARNING, FAILURE = "ok", "warning", "failure"

T = TypeVar("T")


class Finding(NamedTuple):
    """What one check found: `status` is ok, warning or failure, and `remedy` what fixes it, "" where nothing has to."""

    status: str
    detail: str
    remedy: str = ""


Findings = Generator[Finding, None, str | list[str]]  # yields what is wrong, returns what to say where nothing is
Check = Callable[[Facts], Findings]


class NotTold(Exception):
    """A check cannot go on without something that the account did not tell."""

    def __init__(self, problem: Problem, what: str) -> None:
        super().__init__(problem.why)
        self.problem = problem
        self.what = what


def known(answer: T | Problem, what: str = "") -> T:
    """An answer, which a check cannot do without.

    :raises NotTold: there is none; `what` says what it would have been about.
    """
    if isinstance(answer, Problem):
        raise NotTold(answer, what)
    return answer


def run(check: Check, facts: Facts) -> Iterator[Finding]:
    """What a check finds; that all is well, or that it could not look, is told as a finding too."""
    found, judging = 0, check(facts)
    try:
        while True:
            yield next(judging)
            found += 1
    except StopIteration as end:
        if not found:
            yield from map(ok, [end.value] if isinstance(end.value, str) else end.value)
    except NotTold as missing:
        yield unchecked(missing.problem, missing.what)


def ok(detail: str) -> Finding:
    """All is well, and there is something to say about it."""
    return Finding(OK, detail)


def warning(detail: str, remedy: str) -> Finding:
    """It works, but not as it could, or it may not."""
    return Finding(WARNING, detail, remedy)


def failure(detail: str, remedy: str) -> Finding:
    """It does not work."""
    return Finding(FAILURE, detail, remedy)


def unchecked(problem: Problem, what: str = "") -> Finding:
    """It could not be looked at. Whatever kept us from it is another check's failure, if it is one."""
    about = f"{what}: " if what else ""
    return warning(f"not checked: {about}{problem.why}", problem.remedy)


def judged(
    found: Iterable[finding.Finding], then: str = AGAIN, unread: Mapping[str, Problem] = EMPTY
) -> Iterator[Finding]:
    """What the rules of a deployment found; `then` is what remains to do after each remedy.

    A part that was not told is not judged: `unread` has the places of such parts.
    """
    for each in found:
        if not any(each.place.startswith(place) for place in unread):
            status = FAILURE if each.weight is Weight.FAULT else WARNING
            yield Finding(status, f"{each.place}: {each.what}", f"{each.remedy}, and {then}")
