"""Further answers to questions about quotas and limits: most stay open, where what was seen decides nothing."""

import pytest
from asking import ask
from probed import Probed
from three import HOST
from turns_quotas import HOUR, answers_quota, closed, counts, evening, limits, oss_refreshes
from waited import Pausing

from oss_cdn_refresh_box.wire.faults import Faults, Refusal


def others_refresh(probed: Probed) -> None:
    """After each refresh of the probe, somebody else refreshes as well."""
    probed.cdn.subscribers.append(lambda _refresh: probed.cdn.ledger.use("File", 7))


def interrupt(probed: Probed, name: str, at_pause: int) -> None:
    """Interrupt the probe at the end of one of its pauses."""
    pauses = iter(range(1, at_pause + 1))

    def act() -> None:
        if next(pauses) == at_pause:
            raise KeyboardInterrupt

    probed.run("--only", name, clock=Pausing(probed.clock, act))


@pytest.mark.parametrize("quota", [0, 500])
def test_a_call_that_cannot_exceed_the_rest_is_not_made(probed: Probed, quota: int) -> None:
    probed.cdn.quota = probed.cdn.quota._replace(ignore_params=quota)
    what = f"{quota} IgnoreParams items are left today"
    when = "run it when fewer than 100 IgnoreParams items are left, and at least one"
    assert ask(probed, "large-call") == ("not tried", f"{what}: {when}")


def test_quota_that_somebody_else_uses_decides_nothing(probed: Probed) -> None:
    others_refresh(probed)
    assert ask(probed, "refused-items") == (
        "unclear",
        "a URL twice in a call used 9 of the quota: run it again by its name, in a quiet hour",
    )


@pytest.mark.parametrize("name", ["large-call", "refused-items", "minute-urls", "item-length", "body-size"])
def test_a_domain_whose_refreshes_are_refused_decides_nothing(probed: Probed, name: str) -> None:
    probed.cdn.domains[HOST["cdn"]] = "InvalidDomain.Offline"
    assert ask(probed, name)[0] == "unclear"


def test_a_limit_a_minute_that_the_quota_of_the_day_hides_is_not_tried(probed: Probed) -> None:
    assert ask(probed, "minute-directories") == (
        "not tried",
        "it takes 101 directories, and 100 are left today: run it on an account whose quota of directories was raised",
    )


def test_domains_that_are_refused_for_their_names_first_decide_nothing(probed: Probed) -> None:
    limits(domains_per_call=1_000)(probed)
    assert ask(probed, "call-domains")[0] == "unclear"


def test_items_that_are_refused_for_a_malformed_one_first_decide_nothing(probed: Probed) -> None:
    limits(ignore_params_per_call=5_000)(probed)
    assert ask(probed, "call-ignore-params")[0] == "unclear"


def test_malformed_calls_use_no_quota(probed: Probed) -> None:
    ask(probed, "call-ignore-params")
    assert probed.cdn.accepted == set()


def test_a_domain_that_oss_does_not_refresh_tells_nothing_about_its_refreshes(probed: Probed) -> None:
    assert ask(probed, "oss-refreshes")[0] == "not tried"


def test_refreshes_of_oss_that_used_part_of_the_quota_decide_nothing(probed: Probed) -> None:
    oss_refreshes(shared=False)(probed)
    probed.oss.subscribe(
        lambda record: probed.cdn.ledger.use("File", record["oss"]["object"]["key"].endswith("/0.txt"))
    )
    assert ask(probed, "oss-refreshes")[0] == "unclear"


def test_the_reset_is_not_tried_at_noon(probed: Probed) -> None:
    when = "run it between 23:30 and 23:59 UTC+8, and let it run until 00:35"
    assert ask(probed, "quota-reset") == ("not tried", f"it is seen at midnight only: {when}")


def test_a_reset_that_nobody_watched_decides_nothing(probed: Probed) -> None:
    """An interrupted probe that goes on in the morning saw neither midnight nor five minutes later."""
    evening(late=0)(probed)
    interrupt(probed, "quota-reset", at_pause=2)
    probed.clock.advance(6 * HOUR)
    assert ask(probed, "quota-reset") == (
        "unclear",
        "it went on only 361 minutes after midnight: run it again on another evening",
    )


def test_the_central_endpoint_tells_nothing_about_regional_ones(probed: Probed) -> None:
    del probed.world.environ["CDN_ENDPOINT"]
    assert ask(probed, "regional-endpoint")[0] == "not tried"


def test_a_missing_right_tells_nothing_about_an_endpoint(probed: Probed) -> None:
    probed.cdn.faults = Faults(rule=lambda _request: Refusal(403, "Forbidden.RAM"))
    assert ask(probed, "regional-endpoint")[0] == "unclear"


def test_an_endpoint_that_refuses_the_account_says_with_which_code(probed: Probed) -> None:
    closed(probed)
    assert "OperationDenied" in ask(probed, "regional-endpoint")[1]


def test_a_refusal_whose_items_count_does_not_look_like_an_accepted_part(probed: Probed) -> None:
    counts(refused=True)(probed)
    seen = "refused with QuotaExceeded.Refresh, but 99 IgnoreParams items were left before and 0 after"
    why = "perhaps refused items use quota, which --only refused-items tells"
    assert ask(probed, "large-call") == ("unclear", f"{seen}: {why}")


def test_repeated_items_that_count_once_are_told(probed: Probed) -> None:
    counts(refused=True, duplicates=False)(probed)
    seen = "repeated items use quota: no; items of a refused call: yes"
    assert ask(probed, "refused-items") == ("otherwise", seen)


def test_a_lower_limit_of_domains_is_told(probed: Probed) -> None:
    limits(domains_per_call=5)(probed)
    assert ask(probed, "call-domains") == ("otherwise", "10 domains in a call are too many: SingleRequest.OverLimit")


def test_sub_domains_that_a_wildcard_domain_serves_tell_that_more_domains_are_accepted(probed: Probed) -> None:
    limits(domains_per_call=100)(probed)
    probed.cdn.domains |= {f"probe-{number}.{HOST['cdn']}": "" for number in range(1, 60)}
    assert ask(probed, "call-domains") == ("otherwise", "a call with 11 domains was accepted")


def test_a_lower_limit_of_ignore_params_items_is_told(probed: Probed) -> None:
    limits(ignore_params_per_call=50)(probed)
    seen = "100 IgnoreParams items in a call are too many: InvalidObjectPath.Size.Malformed"
    assert ask(probed, "call-ignore-params") == ("otherwise", seen)


def test_figures_that_are_numbers_are_as_assumed(probed: Probed) -> None:
    answers_quota(("Url", "Dir", "IgnoreParams", "Preload"), 7)(probed)
    assert ask(probed, "quota-figures") == ("as assumed", "all 8 figures are there, as numbers")


@pytest.mark.parametrize(("figure", "shown"), [(None, "is missing"), ("many", "is 'many'")])
def test_a_figure_that_cannot_be_read_is_shown(probed: Probed, figure: str | None, shown: str) -> None:
    answers_quota(("Url", "IgnoreParams", "Preload"), "7", Dir=figure)(probed)
    seen = f"not all are whole numbers: DirQuota {shown}, DirRemain {shown}"
    assert ask(probed, "quota-figures") == ("otherwise", seen)


def test_the_longest_accepted_url_is_found_to_the_character(probed: Probed) -> None:
    limits(item_characters=1_024)(probed)
    seen = "a URL of 1,024 characters is accepted, one of 1,025 is refused"
    assert ask(probed, "item-length") == ("otherwise", seen)


@pytest.mark.parametrize(("late", "was"), [(600, "was"), (7_200, "was not")])
def test_a_late_reset_is_told_as_far_as_it_was_watched(probed: Probed, late: float, was: str) -> None:
    evening(late)(probed)
    assert ask(probed, "quota-reset") == ("otherwise", f"the quota was not reset at 00:05 UTC+8, and {was} at 00:35")


@pytest.mark.parametrize("kinds", [("Url", "Dir"), ("Dir",)])
def test_a_quota_of_which_nothing_seems_used_tells_nothing_about_its_reset(
    probed: Probed, kinds: tuple[str, ...]
) -> None:
    evening(late=0)(probed)
    answers_quota(kinds, "7")(probed)
    seen = "the answer about the quota does not show that any of it is used"
    assert ask(probed, "quota-reset") == ("unclear", seen)
