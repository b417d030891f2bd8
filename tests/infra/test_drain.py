"""The second function of docs/operating.md, "A drain of its own", fits into the template and is checked with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from pages import PAGES, SECOND_FUNCTION
from seeding import ROOT, Copy

from local import clients
from local.cloud import Cloud

STACKS = [["infra"], ["monitoring"]]
FLOW = {"deploy": [*STACKS, ["refresh"], ["drain"]], "remove": [["drain"], ["refresh"], *reversed(STACKS)]}


def add_drain(template: Path) -> None:
    """Do to a template what the page says."""
    (block,) = SECOND_FUNCTION.findall(PAGES["docs/operating.md"])
    document = yaml.safe_load(template.read_text(encoding="utf-8"))
    refresh = document["resources"]["refresh"]["props"]
    refresh["triggers"] = [trigger for trigger in refresh["triggers"] if trigger["triggerName"] != "backlog"]
    document["resources"] |= yaml.safe_load(block)
    document["flow"] = FLOW
    template.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")


@pytest.fixture
def drained(copy: Copy) -> Copy:
    """The deployment with the second function, its first one batching."""
    add_drain(copy.template)
    (copy.folder / ".env").write_text("REFRESH_DELIVERY=batched\n", encoding="utf-8")
    return copy


def test_the_second_function_of_the_page_has_no_fault(drained: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    assert (drained.check(), capsys.readouterr().err) == (0, "")


def test_the_second_function_is_as_the_first_but_for_its_share_of_the_work(copy: Copy) -> None:
    add_drain(copy.template)
    resources = yaml.safe_load(copy.template.read_text(encoding="utf-8"))["resources"]
    first, second = resources["refresh"]["props"], resources["drain"]["props"]
    differing = {key for key in first | second if first.get(key) != second.get(key)}
    assert differing == {"functionName", "description", "concurrencyConfig", "environmentVariables", "triggers"}


def test_the_trigger_of_the_second_function_is_the_one_that_the_first_had(copy: Copy) -> None:
    before = yaml.safe_load(copy.template.read_text(encoding="utf-8"))["resources"]["refresh"]["props"]["triggers"]
    add_drain(copy.template)
    resources = yaml.safe_load(copy.template.read_text(encoding="utf-8"))["resources"]
    assert resources["refresh"]["props"]["triggers"] + resources["drain"]["props"]["triggers"] == before


def test_only_the_function_that_calls_the_cdn_counts_for_its_limits(
    drained: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    drained.replace("template.yml", "reservedConcurrency: 4", "reservedConcurrency: 100")
    assert drained.check() == 0
    assert "calls a second 1 * 40 = 40 <= 50" in capsys.readouterr().out


def test_while_the_first_function_calls_the_cdn_too_both_count(
    drained: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    assert drained.check({"REFRESH_DELIVERY": "direct"}) == 1
    assert "calls a second 5 * 40 = 200 > 50" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        (
            "BACKLOG_QUEUE: ${vars.backlog}",
            "BACKLOG_QUEUE: other",
            'drain.props.environmentVariables.BACKLOG_QUEUE: "other" is not what refresh has',
        ),
        ("maximumTasks: 1", "maximumTasks: 3", "drain.props.triggers[0].triggerConfig.runOptions.maximumTasks: is 3"),
        ("role: acs:ram", "role: acs:other", "drain.props.role: "),
        ("timeout: 120", "timeout: 400", "drain.props.timeout: is 400 s"),
        ("reservedConcurrency: 1", "reservedConcurrency: 2", "calls a second 2 * 40 = 80 > 50"),
    ],
)
def test_a_fault_of_the_second_function_is_found_too(
    drained: Copy, capsys: pytest.CaptureFixture[str], old: str, new: str, finding: str
) -> None:
    head, drain = drained.template.read_text(encoding="utf-8").split("  drain:\n", 1)
    assert old in drain
    drained.template.write_text(f"{head}  drain:\n{drain.replace(old, new, 1)}", encoding="utf-8")
    assert (drained.check(), finding in capsys.readouterr().err) == (1, True)


def test_without_an_oss_trigger_notifications_have_to_bring_the_changes(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    document = yaml.safe_load(copy.template.read_text(encoding="utf-8"))
    del document["resources"]["refresh"]["props"]["triggers"][0]
    copy.template.write_text(yaml.safe_dump(document), encoding="utf-8")
    assert copy.check() == 0
    assert "no OSS trigger: event notifications of OSS have to bring the changes" in capsys.readouterr().out


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    """A cloud in which both functions are deployed."""
    for name in ("functions", "infra"):
        (tmp_path / name).symlink_to(ROOT / name)
    file = tmp_path / "template.yml"
    text = (ROOT / "template.yml").read_text(encoding="utf-8")
    file.write_text(text.replace("'REFRESH_DELIVERY', 'direct'", "'REFRESH_DELIVERY', 'batched'"), encoding="utf-8")
    add_drain(file)
    with Cloud({"sites": [{"bucket": "my-site", "domains": ["www.example.com"]}]}, file=file) as cloud:
        yield cloud


def test_the_first_function_takes_the_changes_and_the_second_one_refreshes_them(cloud: Cloud) -> None:
    with clients.bucket(cloud, "my-site") as bucket:
        for number in range(30):
            bucket.put_object(f"{number}.jpg", "new")
        cloud.settle()
    assert cloud.cdn.accepted == {("File", f"https://www.example.com/{number}.jpg") for number in range(30)}
    assert [len(call.urls) for call in cloud.cdn.calls] == [30]
    assert len(cloud.function.invocations) == 30
    assert len(cloud.compute.functions["drain"].invocations) == 1
    assert cloud.backlog.messages() == []
