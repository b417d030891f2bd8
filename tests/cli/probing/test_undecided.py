"""A question without a clear answer says so, with the next step; and no question disturbs another."""

import json

import pytest
from probed import Probed, Turn, nothing
from three import HOST, SITE_ID
from turns_tasks import CONFIRMED

from oss_cdn_refresh_box.cdn import Script
from oss_cdn_refresh_box.esa import Quota

REFUSED = {"event": "refused", "level": "WARNING", "product": "esa", "code": "Throttling", "means": "retry"}


def answer(probed: Probed, name: str, product: str = "cdn") -> dict[str, str]:
    """The answer to a question at the domain of a product."""
    return probed.answer(name, Turn(nothing, product=product), nothing)


@pytest.mark.parametrize("product", ["cdn", "dcdn", "esa"])
def test_in_a_whole_run_no_question_disturbs_another(probed: Probed, product: str) -> None:
    questions = json.loads(probed.run("--json", product=product).stdout)["questions"]
    assert {each["name"]: each["seen"] for each in questions if each["answer"] == "unclear"} == {}


@pytest.mark.parametrize("name", ["query-length", "ignore-params-of-dcdn-esa", "schemes-of-dcdn-esa"])
def test_a_question_about_two_products_is_tried_at_esa_too(probed: Probed, name: str) -> None:
    assert answer(probed, name, product="esa")["answer"] == "as assumed"


def test_a_query_that_is_too_long_for_esa_is_reported_with_the_setting(probed: Probed) -> None:
    probed.esa.limits = probed.esa.limits._replace(query_bytes=4_096)
    found = answer(probed, "query-length", product="esa")
    assert (found["answer"], found["setting"]) == ("otherwise", "limits: {esa: {urls_per_call: 50}}")


@pytest.mark.parametrize(
    ("name", "product", "missing"),
    [
        ("failed-is-final", "cdn", "run the probe within 3 days after a line refresh_failed"),
        ("failed-quota", "cdn", "run the probe on a day with a line refresh_failed"),
        ("preload-quota-code", "cdn", "1,000 preloads are left today"),
        ("dcdn-custom-key", "dcdn", "give a test domain with one"),
        ("esa-reset", "esa", "no URL was refreshed between the two midnights"),
    ],
)
def test_a_question_about_a_missing_case_is_not_tried(probed: Probed, name: str, product: str, missing: str) -> None:
    found = answer(probed, name, product=product)
    assert (found["answer"], missing in found["seen"]) == ("not tried", True), found["seen"]


@pytest.mark.parametrize("name", ["look-up-rate", "esa-right", "esa-quota-code"])
def test_a_question_is_not_tried_on_lines_about_something_else(probed: Probed, name: str) -> None:
    line = REFUSED if name == "look-up-rate" else CONFIRMED
    assert probed.answer_from_logs(name, [line])["answer"] == "not tried"


@pytest.mark.parametrize("name", ["task-duration", "preload-after-complete"])
def test_a_question_is_unclear_if_its_refresh_fails(probed: Probed, name: str) -> None:
    probed.cdn.tasks.script = lambda _type, _url, _times: Script("Failed", seconds=60.0)
    assert answer(probed, name)["answer"] == "unclear"


def test_a_new_failure_is_too_recent_to_be_called_final(probed: Probed) -> None:
    probed.cdn.tasks.script = lambda _type, _url, _times: Script("Failed", seconds=1.0)
    probed.submit("cdn", f"https://{HOST['cdn']}/earlier.jpg")
    probed.clock.advance(60.0)
    assert "run the probe again in an hour" in answer(probed, "failed-is-final")["seen"]


def test_a_quota_of_30_days_that_is_not_used_up_is_reported(probed: Probed) -> None:
    probed.esa.quota[SITE_ID, "file"] = Quota(day=100, days_30=50)
    assert "50 of 50 URLs are left for 30 days" in answer(probed, "esa-30-days", product="esa")["seen"]


def test_a_used_up_quota_of_30_days_that_refuses_is_as_assumed(probed: Probed) -> None:
    probed.esa.quota[SITE_ID, "file"] = Quota(day=100, days_30=1)
    probed.submit("esa", f"https://{HOST['esa']}/earlier.jpg")
    assert "refused (QuotaExceeded.Purge)" in answer(probed, "esa-30-days", product="esa")["seen"]


def test_a_refusal_for_the_quota_does_not_show_how_many_urls_a_preload_takes(probed: Probed) -> None:
    probed.refuse("esa", "PreloadCaches", "QuotaExceeded.Preload")
    assert answer(probed, "esa-preload-size", product="esa")["answer"] == "unclear"


def test_a_query_that_is_too_long_does_not_show_how_many_urls_a_preload_takes(probed: Probed) -> None:
    probed.esa.limits = probed.esa.limits._replace(query_bytes=4_096)
    assert "query-length asks about that" in answer(probed, "esa-preload-size", product="esa")["seen"]


def test_an_esa_site_of_another_account_does_not_answer_for_the_endpoint(probed: Probed) -> None:
    probed.refuse("esa", "GetPurgeQuota", "SiteNotFound")
    assert "give --esa-site-id ID" in answer(probed, "esa-endpoint", product="esa")["seen"]


def test_shared_quotas_are_unclear_while_somebody_uses_the_quota_of_the_cdn(probed: Probed) -> None:
    def somebody(_tasks: object) -> None:
        if not probed.cdn.tasks.submitted:
            probed.submit("cdn", f"https://{HOST['cdn']}/other.jpg")

    probed.dcdn.tasks.subscribers.append(somebody)
    assert "run the probe at a quiet time" in answer(probed, "dcdn-shared-quota", product="dcdn")["seen"]


@pytest.mark.parametrize(
    ("name", "product", "action"),
    [
        ("unknown-id", "cdn", "DescribeRefreshTaskById"),
        ("ignore-params-of-dcdn-esa", "dcdn", "RefreshDcdnObjectCaches"),
        ("esa-preload-size", "esa", "PreloadCaches"),
        ("esa-quota-method", "esa", "GetPurgeQuota"),
        ("esa-task-filter", "esa", "DescribePurgeTasks"),
    ],
)
def test_a_question_is_unclear_if_its_call_is_throttled(probed: Probed, name: str, product: str, action: str) -> None:
    probed.refuse(product, action, "Throttling.User", method="GET" if action.startswith("DescribePurge") else "POST")
    assert answer(probed, name, product=product)["answer"] == "unclear"
