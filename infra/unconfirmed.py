"""`make unconfirmed`: writes the tables of docs/unconfirmed.md and its translation, from the questions of the probe.

Everything outside the marks `<!-- questions: NAME -->` … `<!-- end -->` is written by hand.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

from oss_cdn_refresh_cli.probing.question import Question
from oss_cdn_refresh_cli.probing.questions import SECTIONS

DOCS = Path(__file__).parent.parent / "docs"
PAGES = {"en": DOCS / "unconfirmed.md", "zh": DOCS / "unconfirmed.zh-CN.md"}
HEADINGS = {
    "en": ("open question", "our assumption", "if the assumption is wrong", "how to check"),
    "zh": ("未确认的问题", "我们的假设", "如果假设不成立", "如何检查"),
}
BY_HAND = {"en": "; by hand: ", "zh": "；手动："}
LOGS = "`oss-cdn-refresh probe --from-logs FILE`"

_marked = re.compile(r"(<!-- questions: ([a-z_]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def page(text: str, language: str) -> str:
    """The page with new tables.

    :raises KeyError: a mark names no section.
    """
    tables = {section.name: _table(section.questions, language) for section in SECTIONS}
    return _marked.sub(lambda found: found[1] + tables[found[2]] + found[3], text)


def marked(text: str) -> list[str]:
    """The names of the sections that a page has marks for, in the order of the page."""
    return [found[2] for found in _marked.finditer(text)]


def _table(questions: Sequence[Question], language: str) -> str:
    rows = [HEADINGS[language], ("---",) * 4, *(_row(question, language) for question in questions)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(question: Question, language: str) -> tuple[str, ...]:
    question_, assumption, otherwise, check = (
        getattr(text, language) for text in (question.question, question.assumption, question.otherwise, question.check)
    )
    return question_, assumption, otherwise, _how(question, check, language)


def _how(question: Question, by_hand: str, language: str) -> str:
    """How to check an assumption: first by the probe, if it can try the question."""
    if question.steps:
        first = f"`oss-cdn-refresh probe --only {question.name}`"
    elif question.from_lines:
        first = LOGS
    else:
        return by_hand
    return first + BY_HAND[language] + by_hand


def main() -> int:
    """Write both pages."""
    for language, file in PAGES.items():
        file.write_text(page(file.read_text(encoding="utf-8"), language), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
