"""The open questions, a module each, in the sections and the order of docs/unconfirmed.md."""

from oss_cdn_refresh_cli.probing.question import Question, Section
from oss_cdn_refresh_cli.probing.questions import (
    dcdn,
    deployment,
    esa,
    events,
    function_compute,
    inventory,
    preloads,
    queues,
    quotas,
    refreshes,
    stream,
    tasks,
)

SECTIONS: tuple[Section, ...] = (
    refreshes.SECTION,
    tasks.SECTION,
    preloads.SECTION,
    quotas.SECTION,
    dcdn.SECTION,
    esa.SECTION,
    events.SECTION,
    queues.SECTION,
    stream.SECTION,
    function_compute.SECTION,
    deployment.SECTION,
    inventory.SECTION,
)
QUESTIONS: dict[str, Question] = {question.name: question for section in SECTIONS for question in section.questions}
