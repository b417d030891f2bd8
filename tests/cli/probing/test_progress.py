"""The progress of a probe on disk: who may go on with it, and what happens to steps that are taken late."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from command import run
from probed import Probed
from three import HOST
from waited import Pausing

from oss_cdn_refresh_cli.probing.account import PREFIX

HOUR = 3_600.0


def interrupted(probed: Probed, *words: str, after: int = 1) -> None:
    """Ctrl-C in a wait of the probe."""
    pauses = []

    def stop() -> None:
        pauses.append(probed.clock.now())
        if len(pauses) == after:
            raise KeyboardInterrupt

    probed.run(*words, clock=Pausing(probed.clock, stop))


def answers(result: Result) -> dict[str, tuple[str, str]]:
    """The kind of each answer, and what was seen."""
    return {each["name"]: (each["answer"], each["seen"]) for each in json.loads(result.stdout)["questions"]}


@pytest.mark.parametrize("name", ["task-duration", "every-node", "dcdn-shared-quota", "refused-items"])
def test_a_step_that_is_taken_an_hour_late_decides_nothing_where_its_time_tells_the_answer(
    probed: Probed, name: str
) -> None:
    product = "dcdn" if name.startswith("dcdn") else "cdn"
    pauses = []

    def stop() -> None:
        pauses.append(probed.clock.now())
        raise KeyboardInterrupt

    probed.run("--only", name, product=product, clock=Pausing(probed.clock, stop))
    probed.clock.advance(HOUR)
    kind, seen = answers(probed.run("--json", "--only", name, product=product))[name]
    assert (kind, "minutes too late" in seen) == ("unclear", True), seen


def test_looks_that_are_each_a_little_late_tell_the_time_that_passed(probed: Probed) -> None:
    probed.cdn.tasks.seconds = 500.0
    clock = Pausing(probed.clock, lambda: probed.clock.advance(50.0))
    seen = answers(probed.run("--json", "--only", "task-duration", clock=clock))["task-duration"][1]
    assert seen == "one task was complete within 10 minutes"


def test_a_clock_that_was_set_back_makes_no_one_wait_for_it(probed: Probed) -> None:
    interrupted(probed, "--only", "spellings")
    now = probed.clock.now()
    probed.clock.advance(-24 * HOUR)
    probed.run("--only", "spellings")
    assert probed.clock.now() < now


def test_another_probe_with_the_same_state_does_not_begin(probed: Probed) -> None:
    seen: list[Result] = []
    clock = Pausing(probed.clock, lambda: seen.append(probed.run("--only", "spellings")))
    first = probed.run("--json", "--only", "spellings", clock=clock)
    assert (seen[0].exit_code, "another probe is running" in seen[0].stderr) == (2, True)
    assert answers(first)["spellings"][0] == "as assumed"


def test_a_clean_up_does_not_delete_the_objects_of_a_probe_that_is_running(probed: Probed) -> None:
    seen: list[Result] = []
    probed.run("--only", "spellings", clock=Pausing(probed.clock, lambda: seen.append(probed.run("--clean-up"))))
    assert (seen[0].exit_code, "another probe is running" in seen[0].stderr) == (2, True)


def test_two_probes_that_begin_in_the_same_second_have_folders_of_their_own(probed: Probed) -> None:
    states = [str(probed.folder / name) for name in ("a.json", "b.json")]
    now = probed.clock.now()
    for state in states:
        probed.clock.advance(now - probed.clock.now())
        interrupted(probed, "--only", "spellings", "--state", state)
    runs = {key.removeprefix(PREFIX).partition("/")[0] for key in probed.oss.objects("my-site")}
    assert len(runs) == len(states)


def test_another_question_leaves_the_progress_of_an_interrupted_one(probed: Probed) -> None:
    interrupted(probed, "--only", "spellings")
    probed.run("--only", "raw-characters")
    calls = len(probed.cdn.calls)
    found = answers(probed.run("--json", "--only", "spellings"))["spellings"][0]
    submitted = [call for call in probed.cdn.calls[calls:] if call.action == "RefreshObjectCaches"]
    assert (found, submitted, probed.oss.objects("my-site")) == ("as assumed", [], {})


def test_the_state_of_another_place_is_not_gone_on_with(probed: Probed) -> None:
    state = str(probed.folder / "state.json")
    interrupted(probed, "--only", "raw-characters", "--only", "spellings", "--state", state)
    result = probed.run("--only", "spellings", "--state", state, product="dcdn")
    assert (result.exit_code, "a probe at another place" in result.stderr) == (2, True)


def test_the_state_of_another_place_is_not_removed_by_a_clean_up(probed: Probed) -> None:
    state = probed.folder / "state.json"
    interrupted(probed, "--only", "spellings", "--state", str(state))
    result = probed.run("--clean-up", "--state", str(state), product="dcdn")
    assert (result.exit_code, state.exists()) == (2, True)


def test_the_state_of_another_version_is_not_gone_on_with(probed: Probed) -> None:
    state = probed.folder / "state.json"
    interrupted(probed, "--only", "spellings", "--state", str(state))
    state.write_text(json.dumps({**json.loads(state.read_text()), "version": "another"}))
    result = probed.run("--only", "spellings", "--state", str(state))
    assert (result.exit_code, "give --clean-up, and begin anew" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    "broken",
    ["[]", '{"run": "a", "version": "", "answers": [], "pending": {}}', '{"run": "a", "version": "", "answers": {}}'],
)
def test_a_clean_up_removes_a_damaged_state(probed: Probed, broken: str) -> None:
    state = probed.folder / "state.json"
    state.write_text(broken)
    assert probed.run("--only", "spellings", "--state", str(state)).exit_code == 2
    assert (probed.run("--clean-up", "--state", str(state)).exit_code, state.exists()) == (0, False)


def test_a_state_that_cannot_be_written_ends_the_probe_before_it_writes_an_object(probed: Probed) -> None:
    result = probed.run("--only", "spellings", "--state", str(probed.folder / "missing" / "state.json"))
    assert (result.exit_code, "--state" in result.stderr, probed.oss.objects("my-site")) == (2, True, {})
    assert probed.cdn.calls == []


@pytest.mark.parametrize("name", ["/dev/zero", "/dev"])
def test_a_state_that_is_no_file_is_refused(probed: Probed, name: str) -> None:
    result = probed.run("--only", "spellings", "--state", name)
    assert (result.exit_code, probed.oss.objects("my-site"), probed.cdn.calls) == (2, {}, [])


def test_answers_are_shown_where_the_objects_cannot_be_deleted(probed: Probed) -> None:
    probed.oss.denied = {"delete"}
    result = probed.run("--json", "--only", "spellings")
    assert (answers(result)["spellings"][0], result.exit_code) == ("as assumed", 2)
    assert "--clean-up deletes them" in result.stderr


def test_a_probe_whose_credentials_end_says_how_to_go_on(probed: Probed) -> None:
    result = probed.run("--only", "image-time", clock=Pausing(probed.clock, probed.world.keys.clear))
    assert (result.exit_code, "give the same command again" in result.stderr) == (2, True)


def test_more_objects_than_one_request_deletes_are_all_deleted(probed: Probed) -> None:
    probed.oss.stock("my-site", {f"{PREFIX}old/{number}.txt": b"" for number in range(1_001)})
    assert (probed.run("--clean-up").stdout, probed.oss.objects("my-site")) == (
        f"1,001 objects below {PREFIX} deleted.\n",
        {},
    )


def test_an_object_with_control_characters_in_its_name_is_deleted(probed: Probed) -> None:
    probed.oss.stock("my-site", {f"{PREFIX}a\x01b\r\n.txt": b"", f"{PREFIX}c.txt": b""})
    probed.run("--clean-up")
    assert probed.oss.objects("my-site") == {}


def test_a_place_without_progress_is_cleaned_up_too(probed: Probed, tmp_path: Path) -> None:
    del tmp_path
    where = ("--bucket", "my-site", "--domain", HOST["dcdn"])
    assert run("probe", *where, "--clean-up", environ=probed.world.environ, clock=probed.clock).exit_code == 0
