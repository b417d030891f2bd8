"""`probe` as a whole: the cost that it prints first, interruptions, and the clean-up."""

import json

import pytest
from command import run
from probed import EXCLUDE, Probed
from three import HOST
from waited import Pausing

from oss_cdn_refresh_box.cdn.refresh import Refresh
from oss_cdn_refresh_cli.probing.account import PREFIX
from oss_cdn_refresh_cli.probing.questions import QUESTIONS

SIX_MINUTES = 360


def interrupted(probed: Probed) -> None:
    """Ctrl-C while the probe waits for the refresh."""

    def stop() -> None:
        raise KeyboardInterrupt

    probed.run("--only", "spellings", clock=Pausing(probed.clock, stop))


def refreshes(probed: Probed) -> int:
    return sum(call.action == "RefreshObjectCaches" for call in probed.cdn.calls)


def test_the_cost_in_quota_is_printed_before_the_answers(probed: Probed) -> None:
    lines = probed.run("--only", "spellings").stdout.splitlines()
    assert lines[0] == "1 question. Use of the day's quota, at most: 4 URLs. Time: about 15 minutes."


def test_cost_alone_tries_nothing(probed: Probed) -> None:
    result = probed.run("--cost", "--only", "spellings")
    assert (result.exit_code, probed.cdn.calls, probed.oss.objects("my-site")) == (0, [], {})


def test_the_table_has_what_we_assume_and_what_was_seen(probed: Probed) -> None:
    heading = probed.run("--only", "spellings").stdout.splitlines()[1]
    assert heading.split("  ")[0] == "question"
    assert [part in heading for part in ("what we assume", "what was seen", "what to set")] == [True] * 3


def test_every_test_object_is_deleted_at_the_end(probed: Probed) -> None:
    probed.oss.stock("my-site", {"own.txt": b"stays"})
    probed.run("--only", "spellings")
    assert list(probed.oss.objects("my-site")) == ["own.txt"]


def test_an_interrupted_probe_continues(probed: Probed) -> None:
    interrupted(probed)
    submitted = refreshes(probed)
    answer = json.loads(probed.run("--json", "--only", "spellings").stdout)["questions"][0]
    assert (answer["answer"], refreshes(probed)) == ("as assumed", submitted)


def test_an_interrupted_probe_says_how_to_continue(probed: Probed) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    result = probed.run("--only", "spellings", clock=Pausing(probed.clock, stop))
    assert "give the same command again" in result.stderr


def test_a_finished_probe_leaves_no_state(probed: Probed) -> None:
    probed.run("--only", "spellings")
    assert list(probed.folder.rglob("probe-*.json")) == []


def test_answers_are_unclear_where_something_else_refreshes_the_probes_objects(probed: Probed) -> None:
    def someone_else() -> None:
        probed.edge.refresh(Refresh("Directory", force=True, urls=(f"http://{HOST['cdn']}/{PREFIX}",)))
        probed.clock.advance(SIX_MINUTES)

    result = probed.run("--json", "--only", "spellings", clock=Pausing(probed.clock, someone_else))
    answer = json.loads(result.stdout)["questions"][0]
    assert (answer["answer"], "OSS's own switch" in answer["seen"], result.exit_code) == ("unclear", True, 2)


def test_answers_are_unclear_where_the_edge_keeps_no_copies(probed: Probed) -> None:
    probed.edge.origins = {}
    answer = json.loads(probed.run("--json", "--only", "spellings").stdout)["questions"][0]
    assert (answer["answer"], "cache rules" in answer["seen"]) == ("unclear", True)


def test_a_probe_whose_objects_the_function_would_refresh_does_not_begin(probed: Probed) -> None:
    probed.world.configure({"bucket": "my-site", "domains": [HOST["cdn"]], "scheme": "http"})
    result = probed.run("--only", "spellings")
    assert (result.exit_code, f'add "{EXCLUDE}"' in result.stderr, probed.oss.objects("my-site")) == (2, True, {})


def test_the_document_has_neither_bucket_nor_domain_nor_ids(probed: Probed) -> None:
    probed.edge.origins = {}
    shown = probed.run("--json", "--only", "spellings", "--only", "ignore-params-name").stdout
    assert [name for name in ("my-site", HOST["cdn"], "70422290") if name in shown] == []


def test_a_question_about_another_product_is_not_tried(probed: Probed) -> None:
    result = probed.run("--json", "--only", "ignore-params-name", product="dcdn")
    answer = json.loads(result.stdout)["questions"][0]
    assert (answer["answer"], "give a domain of" in answer["seen"]) == ("not tried", True)


def test_a_question_that_is_tried_by_hand_says_how(probed: Probed) -> None:
    answer = json.loads(probed.run("--json", "--only", "policy-length").stdout)["questions"][0]
    assert (answer["answer"], "aliyun ram GetPolicy" in answer["seen"]) == ("by hand", True)


def test_an_unknown_question_is_named_with_the_nearest_one(probed: Probed) -> None:
    result = probed.run("--only", "spelings")
    assert (result.exit_code, "--only spelings" in result.stderr, "did you mean spellings?" in result.stderr) == (
        2,
        True,
        True,
    )


def test_a_probe_without_a_place_says_what_to_give(probed: Probed) -> None:
    result = run("probe", environ=probed.world.environ, clock=probed.clock)
    assert (result.exit_code, "--bucket B and --domain D" in result.stderr) == (2, True)


def test_a_bucket_that_cannot_be_written_ends_the_probe_with_the_rights_that_it_needs(probed: Probed) -> None:
    result = run(
        "probe", "--bucket", "other-site", "--domain", HOST["cdn"], "--only", "spellings",
        environ=probed.world.environ, clock=probed.clock,
    )  # fmt: skip
    assert (result.exit_code, "NoSuchBucket" in result.stderr) == (2, True)


@pytest.mark.parametrize("broken", [b"", b"{}", b'{"answers": {"a": ["no kind"]}, "pending": {}}'])
def test_a_damaged_state_is_named(probed: Probed, broken: bytes) -> None:
    state = probed.folder / "state.json"
    state.write_bytes(broken)
    result = probed.run("--only", "spellings", "--state", str(state))
    assert (result.exit_code, "state.json: the file is no state of a probe" in result.stderr) == (2, True)


def test_all_questions_run_at_the_same_time_and_leave_no_objects(probed: Probed) -> None:
    began = probed.clock.now()
    result = probed.run("--json")
    answers = {each["name"] for each in json.loads(result.stdout)["questions"]}
    longest = max(question.seconds for question in QUESTIONS.values())
    assert (answers, probed.oss.objects("my-site")) == (set(QUESTIONS), {})
    assert probed.clock.now() - began < longest + SIX_MINUTES


def test_clean_up_deletes_the_objects_of_an_interrupted_probe(probed: Probed) -> None:
    interrupted(probed)
    result = probed.run("--clean-up")
    assert (result.exit_code, probed.oss.objects("my-site")) == (0, {})
    assert result.stdout == f"5 objects below {PREFIX} deleted.\n"


def test_a_probe_after_a_clean_up_begins_anew(probed: Probed) -> None:
    interrupted(probed)
    submitted = refreshes(probed)
    probed.run("--clean-up")
    probed.run("--only", "spellings")
    assert refreshes(probed) == 2 * submitted


def test_a_second_probe_does_not_get_copies_of_the_first(probed: Probed) -> None:
    answers = [json.loads(probed.run("--json", "--only", "spellings").stdout)["questions"][0] for _ in range(2)]
    assert [each["answer"] for each in answers] == ["as assumed", "as assumed"]


def test_questions_that_were_not_tried_are_counted_and_not_shown(probed: Probed) -> None:
    shown = probed.run().stdout
    assert ("aliyun ram GetPolicy" in shown, "to be tried by hand: --only NAME says how" in shown) == (False, True)


def test_the_cost_is_printed_also_where_the_function_would_refresh_the_probes_objects(probed: Probed) -> None:
    probed.world.configure({"bucket": "my-site", "domains": [HOST["cdn"]], "scheme": "http"})
    result = probed.run("--cost", "--only", "spellings")
    assert (result.exit_code, "4 URLs" in result.stdout) == (0, True)


def test_clean_up_works_also_where_the_function_would_refresh_the_probes_objects(probed: Probed) -> None:
    interrupted(probed)
    probed.world.configure({"bucket": "my-site", "domains": [HOST["cdn"]], "scheme": "http"})
    assert (probed.run("--clean-up").exit_code, probed.oss.objects("my-site")) == (0, {})


def test_the_questions_are_listed_with_how_each_is_tried(probed: Probed) -> None:
    listed = json.loads(run("--json", "probe", "--list", environ=probed.world.environ, clock=probed.clock).stdout)
    how = {each["name"]: each["tried"] for each in listed}
    assert (len(how), how["spellings"], how["esa-right"]) == (len(QUESTIONS), "by the probe", "from log lines")
    assert how["policy-length"] == "by hand"


def test_a_question_that_is_tried_by_hand_prints_no_cost(probed: Probed) -> None:
    assert "Use of the day's quota" not in probed.run("--only", "policy-length").stdout
