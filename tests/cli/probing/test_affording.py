"""What a probe does where the rest of the day's quota does not suffice."""

import json

import pytest
from asking import ask
from probed import Probed

from oss_cdn_refresh_box.cdn import Counting, Quota
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Request
from oss_cdn_refresh_cli.probing.question import Cost
from oss_cdn_refresh_cli.probing.questions import QUESTIONS


def test_a_question_that_may_take_more_than_is_left_is_not_tried(probed: Probed) -> None:
    probed.cdn.quota = Quota(urls=3)
    what = "it may take 4 URLs of the day's quota, and 3 are left for it: run the probe after the reset at 00:00 UTC+8"
    assert ask(probed, "spellings") == ("not tried", what)
    assert [call.action for call in probed.cdn.calls] == ["DescribeRefreshQuota", "DescribeRefreshQuota"]


def test_what_is_left_is_given_to_the_questions_in_their_order(probed: Probed) -> None:
    probed.cdn.quota = Quota(urls=10)
    names = ("spellings", "raw-characters", "task-duration", "shared-ids")  # 4, 5, 1 and 6 URLs
    words = [word for name in names for word in ("--only", name)]
    found = json.loads(probed.run("--json", *words).stdout)["questions"]
    assert [each["name"] for each in found if each["answer"] == "not tried"] == ["shared-ids"]


def test_only_what_is_tried_is_in_the_printed_cost(probed: Probed) -> None:
    probed.cdn.quota = Quota(urls=4)
    line = probed.run("--only", "spellings", "--only", "raw-characters").stdout.splitlines()[0]
    assert line.startswith("1 question. Use of the day's quota, at most: 4 URLs.")


@pytest.mark.parametrize("only_ex_query", [False, True])
def test_a_probe_takes_no_more_than_it_has_printed_even_if_refused_items_count(
    probed: Probed, *, only_ex_query: bool
) -> None:
    probed.cdn.ledger.counting = Counting(refused=True)
    if only_ex_query:
        probed.cdn.limits = probed.cdn.limits._replace(ignore_params_types=frozenset({"ExQuery"}))
    before = probed.cdn.ledger.remaining(probed.cdn.quota)
    printed = sum(
        (each.cost for each in QUESTIONS.values() if "cdn" in each.products and not each.is_expensive), Cost()
    )
    probed.run()
    now = probed.cdn.ledger.remaining(probed.cdn.quota)
    used = [before[kind] - now[kind] for kind in ("File", "Directory", "IgnoreParams", "Preload")]
    assert [name for name, count, most in zip(printed._fields, used, printed, strict=True) if count > most] == []


def test_a_quota_that_is_not_told_stops_no_question(probed: Probed) -> None:
    def is_quota(request: Request) -> bool:
        return request.headers.get("x-acs-action") == "DescribeRefreshQuota"

    probed.cdn.faults = Faults(rule=lambda _request: Refusal(403, "Forbidden.RAM"), where=is_quota)
    result = probed.run("--only", "raw-characters")
    assert (result.exit_code, "left of the day's quota is not known" in result.stderr) == (0, True)
