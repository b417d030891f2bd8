"""Shows the answers of a probe: a table for people, and a document without ids for an issue."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from oss_cdn_refresh_cli.operation.operation import Operation
from oss_cdn_refresh_cli.probing.account import PREFIX, Place
from oss_cdn_refresh_cli.probing.answers import Answer, Kind
from oss_cdn_refresh_cli.probing.question import Cost, Question
from oss_cdn_refresh_cli.shared.errors import Exit
from oss_cdn_refresh_cli.shared.output import Cell, Column, counted
from oss_cdn_refresh_cli.shared.output import Kind as Shown

STYLES = {Kind.OTHERWISE: "yellow", Kind.UNCLEAR: "red", Kind.AS_ASSUMED: "green"}
TRIED = (Kind.OTHERWISE, Kind.UNCLEAR, Kind.AS_ASSUMED)
LEFT_OUT = {Kind.NOT_TRIED: "not tried", Kind.BY_HAND: "to be tried by hand"}
ORDER = (*TRIED, *LEFT_OUT)
AN_ID = re.compile(
    r"(?<![a-z0-9])(?:\d{7,}|[0-9A-F]{8}(?:-[0-9A-F]{4,12}){1,4}|(?=[A-Z]*\d)[0-9A-F]{16,}|(?:LTAI|STS\.)\w+)(?![a-z0-9])",
    re.IGNORECASE,
)
A_URL = re.compile(r"https?://([^\s/,;:]+)(?::\d+)?[^\s,;]*", re.IGNORECASE)
OF_THE_CLOUD = (".aliyuncs.com", ".alibabacloud.com", ".aliyun.com")
MARKDOWN = re.compile(r"\[([^]]*)\]\([^)]*\)|</?code>|`")


def say_cost(operation: Operation, questions: Iterable[Question]) -> None:
    """Print the cost of the questions: their quota and their time."""
    chosen = list(questions)
    cost = sum((question.cost for question in chosen), Cost())
    parts = cost.parts or ["nothing"]
    minutes = max((question.seconds for question in chosen), default=0) / 60
    time = f"about {max(1, round(minutes))} minutes" if minutes > 1 else "less than a minute"
    what = f"{counted(len(chosen), 'question')}. Use of the day's quota, at most: {', '.join(parts)}."
    operation.output.say(f"{what} Time: {time}.")


def show_questions(operation: Operation, questions: Iterable[Question]) -> None:
    """List questions: their names for --only, and how each is tried."""
    columns = (Column("name", kind=Shown.ID), "question", Column("tried", kind=Shown.ID), "quota, at most")
    found = list(questions)
    rows = [(each.name, plain(each.question.en), _how(each), ", ".join(each.cost.parts)) for each in found]
    operation.output.table(columns, rows)
    operation.output.document(
        [{"name": each.name, "question": plain(each.question.en), "tried": _how(each)} for each in found]
    )


def _how(question: Question) -> str:
    return "by the probe" if question.steps else "from log lines" if question.from_lines else "by hand"


def show(operation: Operation, questions: Iterable[Question], answers: Mapping[str, Answer], *, named: bool) -> None:
    """Show each question with its answer, the answers that need a person first.

    named: --only names the questions. Then questions that were not tried are shown, too, and not only counted.
    """
    found = sorted(questions, key=lambda question: ORDER.index(answers[question.name].kind))
    shown = [question for question in found if named or answers[question.name].kind in TRIED]
    rows = [_row(question, answers[question.name]) for question in shown]
    operation.output.table(
        ["question", "what we assume", "what was seen", Column("what to set", kind=Shown.REASON)], rows
    )
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


def code(answers: Mapping[str, Answer], *, is_clean: bool) -> Exit:
    """0: every tried question is as assumed; 1: one is not; 2: one is unclear, none was tried, or objects are left."""
    kinds = {answer.kind for answer in answers.values()}
    decided = kinds & {Kind.AS_ASSUMED, Kind.OTHERWISE}
    return Exit.of(found=Kind.OTHERWISE in kinds, failed=Kind.UNCLEAR in kinds or not decided or not is_clean)


def masked(text: str, place: Place | None, account: str) -> str:
    """A text without the names of the account: bucket, queue, domain, ids of account, tasks and requests, access keys.

    A URL of neither the probe nor the cloud's own pages and endpoints is left out as a whole: it may name anything.
    """
    text = A_URL.sub(lambda found: found[0] if _is_ours(found, place) else "URL", text)
    for name, mask in _names(place, account):
        text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", mask, text, flags=re.IGNORECASE)
    return AN_ID.sub("ID", text)


def _is_ours(url: re.Match[str], place: Place | None) -> bool:
    host = url[1].lower()
    of_the_domain = place is not None and (host == place.domain or host.endswith(f".{place.domain}"))
    return host.endswith(OF_THE_CLOUD) or (of_the_domain and PREFIX in url[0])


def _names(place: Place | None, account: str) -> Iterator[tuple[str, str]]:
    """The names to mask and their masks: a name that may hold another one comes first."""
    if place:
        labels = place.domain.split(".")
        yield from ((".".join(labels[start:]), "DOMAIN") for start in range(len(labels) - 1))
        yield from ((name, mask) for name, mask in ((place.queue, "QUEUE"), (place.target.site_id, "SITE")) if name)
        yield place.bucket, "BUCKET"
    if account:
        yield account, "ACCOUNT"


def plain(markdown: str) -> str:
    """A text of the page without Markdown: of a link, only its words."""
    return MARKDOWN.sub(r"\1", markdown).replace("&#124;", "|")
