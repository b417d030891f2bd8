"""Further answers to questions about quotas and limits: most of them are `unclear` or `not tried`."""

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
    when = "run the probe when fewer than 100 IgnoreParams items are left, and at least one"
    assert ask(probed, "large-call") == ("not tried", f"{what}: {when}")


def test_a_question_is_unclear_while_somebody_else_uses_the_quota(probed: Probed) -> None:
    others_refresh(probed)
    assert ask(probed, "refused-items") == (
        "unclear",
        "a URL twice in a call used 9 of the quota: run the probe again with --only, in a quiet hour",
    )


@pytest.mark.parametrize("name", ["large-call", "refused-items", "minute-urls", "item-length", "body-size"])
def test_a_question_is_unclear_if_refreshes_of_the_domain_are_refused(probed: Probed, name: str) -> None:
    probed.cdn.domains[HOST["cdn"]] = "InvalidDomain.Offline"
    assert ask(probed, name)[0] == "unclear"


def test_a_limit_a_minute_above_the_quota_of_the_day_is_not_tried(probed: Probed) -> None:
    assert ask(probed, "minute-directories") == (
        "not tried",
        "it takes 101 directories, and 100 are left today: give an account whose quota of directories was raised",
    )


def test_domains_that_are_refused_for_their_names_make_the_question_unclear(probed: Probed) -> None:
    limits(domains_per_call=1_000)(probed)
    assert ask(probed, "call-domains")[0] == "unclear"


def test_items_that_are_refused_for_a_malformed_one_make_the_question_unclear(probed: Probed) -> None:
    limits(ignore_params_per_call=5_000)(probed)
    assert ask(probed, "call-ignore-params")[0] == "unclear"


def test_malformed_calls_use_no_quota(probed: Probed) -> None:
    ask(probed, "call-ignore-params")
    assert probed.cdn.accepted == set()


def test_refreshes_of_oss_are_not_tried_where_its_switch_is_off(probed: Probed) -> None:
    assert ask(probed, "oss-refreshes")[0] == "not tried"


def test_refreshes_of_oss_that_used_part_of_the_quota_are_unclear(probed: Probed) -> None:
    oss_refreshes(shared=False)(probed)
    probed.oss.subscribe(
        lambda record: probed.cdn.ledger.use("File", record["oss"]["object"]["key"].endswith("/0.txt"))
    )
    assert ask(probed, "oss-refreshes")[0] == "unclear"


def test_the_reset_is_not_tried_at_noon(probed: Probed) -> None:
    when = "run the probe between 23:30 and 23:59 UTC+8, and let it run until 00:35"
    assert ask(probed, "quota-reset") == ("not tried", f"a reset is at midnight only: {when}")


def test_a_reset_during_an_interruption_is_unclear(probed: Probed) -> None:
    """The probe was interrupted in the evening and continues in the morning, so it missed the reset."""
    evening(late=0)(probed)
    interrupt(probed, "quota-reset", at_pause=2)
    probed.clock.advance(6 * HOUR)
    assert ask(probed, "quota-reset") == (
        "unclear",
        "the probe continued only 361 minutes after midnight: run the probe again on another evening",
    )


def test_regional_endpoints_are_not_tried_at_the_central_endpoint(probed: Probed) -> None:
    del probed.world.environ["CDN_ENDPOINT"]
    assert ask(probed, "regional-endpoint")[0] == "not tried"


def test_an_endpoint_is_unclear_if_a_right_is_missing(probed: Probed) -> None:
    probed.cdn.faults = Faults(rule=lambda _request: Refusal(403, "Forbidden.RAM"))
    assert ask(probed, "regional-endpoint")[0] == "unclear"


def test_an_endpoint_that_refuses_the_account_says_with_which_code(probed: Probed) -> None:
    closed(probed)
    assert "OperationDenied" in ask(probed, "regional-endpoint")[1]


def test_a_refused_call_that_uses_quota_is_not_taken_for_a_partly_accepted_one(probed: Probed) -> None:
    counts(refused=True)(probed)
    seen = "refused with QuotaExceeded.Refresh, but 99 IgnoreParams items were left before and 0 after"
    why = "perhaps refused items use quota: --only refused-items answers that"
    assert ask(probed, "large-call") == ("unclear", f"{seen}: {why}")


def test_repeated_items_that_count_once_are_reported(probed: Probed) -> None:
    counts(refused=True, duplicates=False)(probed)
    seen = "repeated items use quota: no; items of a refused call: yes"
    assert ask(probed, "refused-items") == ("otherwise", seen)


def test_a_lower_limit_of_domains_is_reported(probed: Probed) -> None:
    limits(domains_per_call=5)(probed)
    assert ask(probed, "call-domains") == ("otherwise", "10 domains in a call are too many: SingleRequest.OverLimit")


def test_accepted_sub_domains_of_a_wildcard_domain_show_a_higher_limit(probed: Probed) -> None:
    limits(domains_per_call=100)(probed)
    probed.cdn.domains |= {f"probe-{number}.{HOST['cdn']}": "" for number in range(1, 60)}
    assert ask(probed, "call-domains") == ("otherwise", "a call with 11 domains was accepted")


def test_a_lower_limit_of_ignore_params_items_is_reported(probed: Probed) -> None:
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
def test_a_late_reset_is_reported_with_the_last_observation(probed: Probed, late: float, was: str) -> None:
    evening(late)(probed)
    assert ask(probed, "quota-reset") == ("otherwise", f"the quota was not reset at 00:05 UTC+8, and {was} at 00:35")


@pytest.mark.parametrize("kinds", [("Url", "Dir"), ("Dir",)])
def test_the_reset_is_unclear_if_the_answer_shows_no_used_quota(probed: Probed, kinds: tuple[str, ...]) -> None:
    evening(late=0)(probed)
    answers_quota(kinds, "7")(probed)
    seen = "the answer about the quota does not show that any of it is used"
    assert ask(probed, "quota-reset") == ("unclear", seen)
