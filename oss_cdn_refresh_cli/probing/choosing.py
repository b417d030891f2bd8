"""Chooses the questions of a run, and says why a run cannot try some of them."""

from collections.abc import Callable, Iterable, Sequence
from difflib import get_close_matches

from oss_cdn_refresh_cli.probing.account import Place
from oss_cdn_refresh_cli.probing.answers import Answer, Kind, NotTried, Unclear
from oss_cdn_refresh_cli.probing.question import Question
from oss_cdn_refresh_cli.probing.questions import QUESTIONS
from oss_cdn_refresh_cli.probing.report import plain
from oss_cdn_refresh_cli.reporting.lines import Line, Lines
from oss_cdn_refresh_cli.shared.errors import Failed


def chosen(only: Sequence[str]) -> list[Question]:
    """The questions with these names, or all questions if no name is given.

    :raises Failed: no question has one of the names.
    """
    if unknown := [name for name in only if name not in QUESTIONS]:
        near = get_close_matches(unknown[0], QUESTIONS, n=1)
        meant = f"did you mean {near[0]}? " if near else ""
        raise Failed(f"--only {unknown[0]}: there is no such question: {meant}--list shows all of them")
    return [question for question in QUESTIONS.values() if not only or question.name in only]


def without_trying(questions: Iterable[Question], place: Place | None, only: Sequence[str]) -> dict[str, Answer]:
    """The answers `not tried` and `by hand` of a run at this place, each with the next step for a person."""
    answers = {}
    for question in questions:
        why = _why_not(question, place, named=question.name in only)
        if not question.steps and question.from_lines is None:
            answers[question.name] = Answer(Kind.BY_HAND, plain(question.check.en))
        elif why:
            answers[question.name] = Answer(Kind.NOT_TRIED, why)
    return answers


def answers_in(lines: Lines, files: Iterable[Iterable[str]], questions: Sequence[Question]) -> dict[str, Answer]:
    """The answers that the lines of the function's log contain. A question without one may still be tried."""
    read = [line for file in files for line in lines.of(file)]
    told = {question.name: _told(question.from_lines, read) for question in questions if question.from_lines}
    tried = {question.name for question in questions if question.steps}
    return {name: answer for name, answer in told.items() if answer.kind is not Kind.NOT_TRIED or name not in tried}


def _told(from_lines: Callable[[Iterable[Line]], Answer], lines: Sequence[Line]) -> Answer:
    try:
        return from_lines(lines)
    except NotTried as why:
        return Answer(Kind.NOT_TRIED, str(why))
    except Unclear as why:
        return Answer(Kind.UNCLEAR, str(why))


def _why_not(question: Question, place: Place | None, *, named: bool) -> str:
    if not question.steps:
        return "only log lines answer this question: give --from-logs FILE"
    if place is None:
        return "the question needs an account: give --bucket B and --domain D"
    if place.target.product not in question.products:
        products = " or ".join(sorted(question.products))
        return f"the question is about {products}: give a domain of {products}"
    if question.is_expensive and not named:
        return f"the question uses {', '.join(question.cost.parts)} of the day's quota: give --only {question.name}"
    return ""
