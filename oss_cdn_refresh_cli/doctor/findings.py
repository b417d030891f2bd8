"""The findings of a check, and running a check."""

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeVar

from oss_cdn_refresh_cli.deployment.props import EMPTY
from oss_cdn_refresh_cli.deployment.rules import finding
from oss_cdn_refresh_cli.deployment.rules.finding import Weight
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.problems import NO_CREDENTIALS, Kind, Problem

AGAIN = "deploy again"
OK, WARNING, FAILURE = "ok", "warning", "failure"

T = TypeVar("T")


class Finding(NamedTuple):
    """A finding of a check: `status` is ok, warning or failure; `remedy` is "" if nothing has to be fixed."""

    status: str
    detail: str
    remedy: str = ""


Findings = Generator[Finding, None, str | list[str]]  # yields faults; returns a detail if there is none
Check = Callable[[Facts], Findings]


class Unknown(Exception):
    """A check needs a fact that the account did not give."""

    def __init__(self, problem: Problem, what: str) -> None:
        super().__init__(problem.why)
        self.problem = problem
        self.what = what


def known(answer: T | Problem, what: str = "") -> T:
    """An answer that a check needs.

    :raises Unknown: there is no answer; `what` is the subject of the finding about that.
    """
    if isinstance(answer, Problem):
        raise Unknown(answer, what)
    return answer


def run(check: Check, facts: Facts) -> Iterator[Finding]:
    """The findings of a check, each once; one finding also if all is well, or if the check could not look."""
    found: set[Finding] = set()
    judging = check(facts)
    try:
        while True:
            finding = next(judging)
            if finding not in found:
                yield finding
            found.add(finding)
    except StopIteration as end:
        if not found:
            yield from map(ok, [end.value] if isinstance(end.value, str) else end.value)
    except Unknown as missing:
        finding = unchecked(missing.problem, missing.what)
        if finding not in found:
            yield finding


def ok(detail: str) -> Finding:
    """A finding without a fault."""
    return Finding(OK, detail)


def warning(detail: str, remedy: str) -> Finding:
    """A finding about a weakness, or about an uncertain fault."""
    return Finding(WARNING, detail, remedy)


def failure(detail: str, remedy: str) -> Finding:
    """A finding about a fault."""
    return Finding(FAILURE, detail, remedy)


def unchecked(problem: Problem, what: str = "") -> Finding:
    """A finding that a check could not look. Another check reports the cause, if it is a failure."""
    if problem.is_no_credentials:  # the check credentials alone has the remedy
        return warning(f"not checked: {NO_CREDENTIALS}", "")
    about = f"{what}: " if what else ""
    return warning(f"not checked: {about}{problem.why}", problem.remedy)


def unknown(answers: Mapping[str, object]) -> Iterator[Finding]:
    """Findings about unknown facts, one for each reason. What is missing is not unknown: a check reports it."""
    reasons: dict[str, tuple[Problem, list[str]]] = {}
    for name, answer in answers.items():
        if isinstance(answer, Problem) and answer.kind is not Kind.MISSING:
            reasons.setdefault(answer.why, (answer, []))[1].append(name)
    for problem, names in reasons.values():
        yield unchecked(problem, ", ".join(names))


def judged(
    found: Iterable[finding.Finding], then: str = AGAIN, unread: Mapping[str, Problem] = EMPTY
) -> Iterator[Finding]:
    """The findings of the rules of a deployment; `then` is the step after each remedy.

    Unknown parts of a function are not judged: `unread` has their places.
    """
    for each in found:
        if not any(each.place.startswith(place) for place in unread):
            status = FAILURE if each.weight is Weight.FAULT else WARNING
            yield Finding(status, f"{each.place}: {each.what}", f"{each.remedy}, and {then}")
