"""Shows the answers of a probe: a table for people, and a document without ids for an issue."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.probing.account import Place
from oss_cdn_refresh_cli.probing.answers import Answer, Kind
from oss_cdn_refresh_cli.probing.question import Cost, Question
from oss_cdn_refresh_cli.shared.errors import Exit
from oss_cdn_refresh_cli.shared.output import Cell, Column, counted
from oss_cdn_refresh_cli.shared.output import Kind as Shown

STYLES = {Kind.OTHERWISE: "yellow", Kind.UNCLEAR: "red", Kind.AS_ASSUMED: "green"}
TRIED = (Kind.OTHERWISE, Kind.UNCLEAR, Kind.AS_ASSUMED)
LEFT_OUT = {Kind.NOT_TRIED: "not tried", Kind.BY_HAND: "to be tried by hand"}
ORDER = (*TRIED, *LEFT_OUT)
AN_ID = re.compile(r"\b(?:\d{7,}|[0-9A-F]{8}(?:-[0-9A-F]{4,12}){1,4}|(?:LTAI|STS\.)\w+)\b", re.IGNORECASE)
MARKDOWN = re.compile(r"\[([^]]*)\]\([^)]*\)|</?code>|`")


def say_cost(operation: Operation, questions: Iterable[Question]) -> None:
    """Print the cost of the questions: their quota and their time."""
    chosen = list(questions)
    cost = sum((question.cost for question in chosen), Cost())
    parts = [f"{count} {name}" for name, count in cost.figures().items() if count] or ["nothing"]
    minutes = max((question.seconds for question in chosen), default=0) / 60
    time = f"about {minutes:.0f} minutes" if minutes else "some seconds"
    what = f"{counted(len(chosen), 'question')}. Use of the day's quota, at most: {', '.join(parts)}."
    operation.output.say(f"{what} Time: {time}.")


def show(operation: Operation, questions: Iterable[Question], answers: Mapping[str, Answer], *, named: bool) -> None:
    """Show each question with its answer, the answers that need a person first.

    named: --only names the questions. Then questions that were not tried are shown, too, and not only counted.
    """
    found = sorted(questions, key=lambda question: ORDER.index(answers[question.name].kind))
    shown = [question for question in found if named or answers[question.name].kind in TRIED]
    rows = [_row(question, answers[question.name]) for question in shown]
    operation.output.table(["question", "assumption", "observation", Column("setting", kind=Shown.REASON)], rows)
    for kind, what in LEFT_OUT.items():
        count = sum(answers[question.name].kind is kind for question in found)
        if count and not named:
            operation.output.say(
                f"{counted(count, 'question')} {what}: --only NAME says how; docs/unconfirmed.md has all."
            )


def _row(question: Question, answer: Answer) -> tuple[str, str, Cell, str]:
    seen = Cell(f"{answer.kind.value}: {plain(answer.seen)}", STYLES.get(answer.kind, ""))
    return f"{question.name}: {plain(question.question.en)}", plain(question.assumption.en), seen, answer.setting or "-"


def document(
    questions: Iterable[Question], answers: Mapping[str, Answer], place: Place | None, account: str
) -> dict[str, Any]:
    """The answers as a document, with bucket, domain and all ids masked."""
    chosen = list(questions)
    counts = Counter(answers[question.name].kind for question in chosen)
    return {
        "product": place.target.product if place else None,
        "answers": {kind.value: counts[kind] for kind in Kind},
        "questions": [
            {
                "name": question.name,
                "question": plain(question.question.en),
                "assumption": plain(question.assumption.en),
                "answer": answers[question.name].kind.value,
                "seen": masked(answers[question.name].seen, place, account),
                "setting": answers[question.name].setting,
            }
            for question in chosen
        ],
    }


def code(answers: Mapping[str, Answer]) -> Exit:
    """0: every tried question is as assumed; 1: one is not; 2: one is unclear, or none was tried."""
    kinds = {answer.kind for answer in answers.values()}
    decided = kinds & {Kind.AS_ASSUMED, Kind.OTHERWISE}
    return Exit.of(found=Kind.OTHERWISE in kinds, failed=Kind.UNCLEAR in kinds or not decided)


def masked(text: str, place: Place | None, account: str) -> str:
    """A text without the names of the account: bucket, domain, account id, task and request ids, access keys."""
    if account:
        text = text.replace(account, "ACCOUNT")
    if place:
        text = text.replace(place.domain, "DOMAIN").replace(place.bucket, "BUCKET")
        if place.target.site_id:
            text = text.replace(place.target.site_id, "SITE")
    return AN_ID.sub("ID", text)


def plain(markdown: str) -> str:
    """A text of the page without Markdown: of a link, only its words."""
    return MARKDOWN.sub(r"\1", markdown).replace("&#124;", "|")
