"""The commands `quota`, `plan`, `refresh` and `validate` with sites behind CDN, DCDN and ESA."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from command import run
from three import CDN, DCDN, ESA, HOST, NAMES, OTHER_HOST, OTHER_SITE_ID, SITE_ID, SITES, Three, three_products, urls

from oss_cdn_refresh_box.cdn.ledger import Quota
from oss_cdn_refresh_box.esa import Quota as EsaQuota
from oss_cdn_refresh_box.wire.faults import Faults, Refusal


@pytest.fixture
def three(tmp_path: Path) -> Iterator[Three]:
    with three_products(tmp_path) as found:
        yield found


def call(three: Three, *words: str, **more: Any) -> Result:
    """The command in this process."""
    return run(*words, environ=three.world.environ, clock=three.world.clock, **more)


def document(three: Three, *words: str, **more: Any) -> Any:
    """What the command prints for scripts."""
    return json.loads(call(three, *words, "--json", **more).stdout)


def test_quota_has_an_entry_for_each_product_and_for_esa_by_site_and_type(three: Three) -> None:
    three.esa.quota[SITE_ID, "directory"] = EsaQuota(7)
    quotas = document(three, "quota")["quotas"]
    assert {name: sorted(entry) for name, entry in quotas.items()} == {
        "cdn": ["Directory", "File", "IgnoreParams"],
        "dcdn": ["Directory", "File", "IgnoreParams"],
        "esa": [str(SITE_ID)],
    }
    assert quotas["esa"][str(SITE_ID)]["Directory"] == {"left": 7, "of_a_day": 7}


@pytest.mark.parametrize("name", NAMES)
def test_quota_shows_the_other_products_where_one_refuses(three: Three, name: str) -> None:
    three.products[name].faults = Faults(rule=lambda _request: Refusal(403, "Forbidden.RAM", "User not authorized."))
    result = call(three, "quota", "--json")
    assert (result.exit_code, sorted(json.loads(result.stdout)["quotas"])) == (2, sorted({*NAMES} - {name}))
    assert f"grant {name}:" in result.stderr


def test_a_used_up_quota_is_found_although_another_product_refuses(three: Three) -> None:
    three.dcdn.quota = Quota(urls=0)
    three.products["cdn"].faults = Faults(rule=lambda _request: Refusal(403, "Forbidden.RAM"))
    assert call(three, "quota").exit_code == 1


def test_the_quotas_of_two_sites_of_esa_are_read_without_being_throttled(three: Three) -> None:
    other = {"bucket": "my-site", "domains": [OTHER_HOST], "product": "esa", "esa_site_id": OTHER_SITE_ID}
    three.world.configure(SITES[2], other)
    assert sorted(document(three, "quota")["quotas"]["esa"]) == sorted([str(SITE_ID), str(OTHER_SITE_ID)])


def test_a_used_up_quota_is_named_with_its_product(three: Three) -> None:
    three.esa.quota[SITE_ID, "file"] = EsaQuota(0)
    assert f"Used up: esa {SITE_ID}: URLs." in call(three, "quota").stdout


def test_quota_does_not_promise_that_a_quota_of_30_days_comes_back(three: Three) -> None:
    three.esa.quota[SITE_ID, "file"] = EsaQuota(10, days_30=3)
    shown = call(three, "quota").stdout
    (row,) = [line.split() for line in shown.splitlines() if line.startswith(f"esa {SITE_ID}: URLs")]
    assert row[-2:] == ["3", "10"]
    assert "\nA day's quota comes back at " in shown


def test_quota_without_a_configuration_asks_the_cdn(three: Three) -> None:
    three.world.environ["REFRESH_CONFIG"] = "/nowhere/config.yml"
    result = call(three, "quota", "--json")
    assert (result.exit_code, list(json.loads(result.stdout)["quotas"])) == (0, ["cdn"])
    assert "only the CDN is asked" in result.stderr


def test_refresh_shows_the_cost_of_each_product(three: Three) -> None:
    shown = document(three, "refresh", "--dry-run", "--keys", "-", stdin="my-site/0.jpg\nmy-site/1.jpg\n")
    costs = {each["product"]: each["cost"] for each in shown["left"] if each["object_type"] == "File"}
    assert (costs, shown["cost"]) == ({"cdn": 2, "dcdn": 2, "esa": 2}, {"File": 6})


def test_refresh_shows_the_cost_of_a_product_that_does_not_tell_its_quota(three: Three) -> None:
    three.products["dcdn"].denied.add("DescribeDcdnRefreshQuota")
    shown = document(three, "refresh", "--dry-run", "--keys", "-", stdin="my-site/0.jpg\n")
    assert {"product": "dcdn", "object_type": "File", "cost": 1, "left": None} in shown["left"]


def test_refresh_now_calls_each_product(three: Three) -> None:
    done = document(three, "refresh", "--now", "--keys", "-", stdin="my-site/0.jpg\n")
    assert (three.accepted(), done["refreshed"]) == ({name: urls(HOST[name]) for name in NAMES}, 3)


def test_plan_has_a_budget_for_each_product(three: Three) -> None:
    keys = "".join(f"my-site/{number}.jpg\n" for number in range(6))
    shown = document(three, "plan", "--keys", "-", "--urls-left", "6", "--directories-left", "0", stdin=keys)
    assert (len(shown["files"]), shown["deferred"], shown["calls"]) == (18, [], 3)


def test_plan_may_be_told_what_is_left_of_one_product(three: Three) -> None:
    keys = "".join(f"my-site/{number}.jpg\n" for number in range(6))
    left = ("--urls-left", "6", "--urls-left", "esa=2", "--directories-left", "0")
    shown = document(three, "plan", "--keys", "-", *left, stdin=keys)
    hosts = sorted(url.split("/")[2] for url in shown["deferred"])
    assert (len(shown["files"]), hosts) == (14, [ESA] * 4)


@pytest.mark.parametrize("text", ["many", "fastly=1", "esa=", "esa=-1", "=3"])
def test_plan_refuses_a_wrong_number_of_a_product(three: Three, text: str) -> None:
    result = call(three, "plan", "--keys", "-", "--urls-left", text, stdin="my-site/0.jpg\n")
    assert (result.exit_code, "--urls-left" in result.stderr) == (2, True)


def test_plan_shows_what_each_product_gets(three: Three) -> None:
    shown = call(three, "plan", "--keys", "-", stdin="my-site/0.jpg\n").stdout
    assert [name for name in ("cdn: URLs", "dcdn: URLs", f"esa {SITE_ID}: URLs") if name in shown] == [
        "cdn: URLs",
        "dcdn: URLs",
        f"esa {SITE_ID}: URLs",
    ]


def test_validate_shows_the_product_of_each_site(three: Three) -> None:
    shown = call(three, "validate").stdout
    assert [f"{name}" in shown for name in ("dcdn", f"esa {SITE_ID}", CDN, DCDN, ESA)] == [True] * 5


def test_validate_names_the_product_and_the_limits_for_scripts(three: Three) -> None:
    shown = document(three, "validate")
    assert [site["product"] for site in shown["sites"]] == list(NAMES)
    assert {name: limits["urls_per_call"] for name, limits in shown["limits"].items()} == {
        "cdn": 1_000,
        "dcdn": 1_000,
        "esa": 100,
    }


@pytest.mark.parametrize("name", NAMES)
def test_refresh_now_shows_the_task_ids_and_when_they_take_effect(three: Three, name: str) -> None:
    shown = call(three, "refresh", "--now", f"https://{HOST[name]}/a.jpg")
    task = three.products[name].tasks.submitted[-1]  # type: ignore[attr-defined]
    assert f"Tasks: {task.id}." in shown.stdout
    assert "takes effect in 5 to 6 minutes, from 22 Nov 12:05 to 22 Nov 12:06." in shown.stdout


def test_refresh_now_has_the_task_ids_of_all_products_for_scripts(three: Three) -> None:
    done = document(three, "refresh", "--now", "--keys", "-", stdin="my-site/0.jpg\n")
    ids = {name: three.products[name].tasks.submitted[0].id for name in NAMES}  # type: ignore[attr-defined]
    assert set(done["task_ids"]) == set(ids.values())
