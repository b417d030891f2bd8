"""Options of `probe` that name nothing, and what the configuration adds to them."""

import pytest
from command import run
from probed import Probed
from three import HOST

from oss_cdn_refresh_cli.probing import choosing
from oss_cdn_refresh_cli.probing.answers import Answer, NotTried, Unclear
from oss_cdn_refresh_cli.probing.questions import QUESTIONS
from oss_cdn_refresh_cli.reporting.lines import Lines


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--domain", "www.example.com:443"), "has a port"),
        (("--domain", "https://www.example.com"), "has a scheme"),
        (("--domain", "*.example.com"), "is a wildcard"),
        (("--domain", "www.example.com/a"), "is no domain"),
        (("--bucket", "oss://my-site"), "is no name of a bucket"),
        (("--bucket", "My_Site"), "is no name of a bucket"),
        (("--queue", "not a name"), "is no name of a queue"),
        (("--product", "esa", "--esa-site-id", "12a"), "is no id of an ESA site"),
    ],
)
def test_an_option_that_names_nothing_is_refused(probed: Probed, words: tuple[str, ...], what: str) -> None:
    result = probed.run(*words, "--only", "raw-characters")
    assert (result.exit_code, f'{words[-2]}: "{words[-1]}" {what}' in result.stderr) == (2, True), result.stderr


def test_a_domain_may_be_in_upper_case(probed: Probed) -> None:
    assert probed.run("--domain", HOST["cdn"].upper(), "--only", "raw-characters").exit_code == 0


def test_a_product_that_is_named_as_it_is_configured_needs_no_id(probed: Probed) -> None:
    assert probed.run("--product", "esa", "--only", "esa-site-id", product="esa").exit_code == 0


def test_an_id_of_an_esa_site_replaces_the_configured_one(probed: Probed) -> None:
    result = probed.run("--json", "--esa-site-id", "999", "--only", "esa-site-id", product="esa")
    assert '"unclear"' in result.stdout


def test_a_configuration_that_cannot_be_read_is_named(probed: Probed) -> None:
    (probed.folder / "broken.yml").write_text("sites: [")
    result = probed.run("--refresh-config", str(probed.folder / "broken.yml"), "--only", "raw-characters")
    assert "broken.yml" in result.stderr
    assert "the domain counts as one that shows the whole bucket" in result.stderr


@pytest.mark.parametrize(("error", "kind"), [(Unclear("two kinds"), "unclear"), (NotTried("none"), "not tried")])
def test_lines_that_decide_nothing_end_no_probe(error: Exception, kind: str) -> None:
    def told(_lines: object) -> Answer:
        raise error

    question = QUESTIONS["esa-right"]._replace(from_lines=told)
    (answer,) = choosing.answers_in(Lines(), [[]], [question]).values()
    assert (answer.kind.value, answer.seen) == (kind, str(error))


@pytest.mark.parametrize("content", ["", "\0\xff", "{}\n[]\nnull\n", '{"event": "refused", "code": {"a": []}}\n'])
def test_a_file_without_lines_of_the_function_tells_nothing(probed: Probed, content: str) -> None:
    file = probed.folder / "lines.txt"
    file.write_text(content, encoding="latin-1")
    result = run("probe", "--from-logs", str(file), environ=probed.world.environ, clock=probed.clock)
    assert result.exit_code == 2, result.output


def test_a_question_that_the_lines_do_not_answer_may_be_tried() -> None:
    both = QUESTIONS["esa-right"]._replace(steps=QUESTIONS["raw-characters"].steps)
    assert choosing.answers_in(Lines(), [[]], [both]) == {}
