"""The pages about what is not confirmed are made from the questions of the probe."""

import pytest

from infra.unconfirmed import PAGES, marked, page
from oss_cdn_refresh_cli.probing.questions import QUESTIONS, SECTIONS


@pytest.mark.parametrize("language", PAGES)
def test_the_tables_of_the_page_are_those_of_the_questions(language: str) -> None:
    text = PAGES[language].read_text(encoding="utf-8")
    assert text == page(text, language)


@pytest.mark.parametrize("language", PAGES)
def test_the_page_has_every_section_in_the_order_of_the_questions(language: str) -> None:
    assert marked(PAGES[language].read_text(encoding="utf-8")) == [section.name for section in SECTIONS]


def test_no_two_questions_have_the_same_name() -> None:
    assert len(QUESTIONS) == sum(len(section.questions) for section in SECTIONS)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_has_all_its_texts_in_both_languages_in_one_line_each(name: str) -> None:
    question = QUESTIONS[name]
    texts = [*question.question, *question.assumption, *question.otherwise, *question.check]
    assert [text for text in texts if not text.strip() or "\n" in text or "|" in text] == []
