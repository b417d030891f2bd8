"""ESA in a box speaks the real protocol, takes parameters in the query only, and refuses the wrong method."""

from collections.abc import Iterator
from http.client import HTTPException

import pytest
from esa_client import HOST, OTHER_HOST, OTHER_SITE, SITE, SITES, Caller, Operator, content, pages, sdk

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.esa import Esa
from oss_cdn_refresh_box.wire.faults import Lost, Refusal

# On Python 3.12 the official SDK's own way to date its calls is deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

(PAGE,) = pages("a")
PURGE = {"SiteId": str(SITE), "Type": "file", "Content": content([PAGE])}
READS = ("DescribePurgeTasks", "DescribePreloadTasks", "ListSites", "ListRecords", "ListCacheRules")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def esa(clock: Clock) -> Iterator[Esa]:
    with Esa(clock, SITES) as esa:
        yield esa


@pytest.fixture
def operator(esa: Esa) -> Operator:
    return Operator(esa)


@pytest.fixture
def caller(esa: Esa, clock: Clock) -> Caller:
    return Caller(esa, clock)


@pytest.mark.parametrize(
    ("kind", "name", "object_type"),
    [("file", "a?v=1", "File"), ("directory", "d/", "Directory"), ("ignoreParams", "a", "IgnoreParams")],
)
def test_the_official_sdk_gets_its_purge_accepted(
    esa: Esa, operator: Operator, kind: str, name: str, object_type: str
) -> None:
    assert operator.purge(pages(name), kind).isdigit()
    assert esa.accepted == {(object_type, pages(name)[0])}


def test_the_official_sdk_gets_its_preload_accepted(esa: Esa, operator: Operator) -> None:
    task_id = operator.preload([PAGE], headers={"Accept-Encoding": "br"})
    (call,) = esa.calls
    assert (call.action, call.urls, call.task_ids, call.accepted) == ("PreloadCaches", (PAGE,), (task_id,), True)
    assert esa.accepted == set()


def test_the_official_sdk_with_a_wrong_secret_is_refused(esa: Esa, operator: Operator) -> None:
    operator.official = sdk(esa, secret="WRONG")  # noqa: S106 - made up
    assert operator.code(operator.purge, [PAGE]) == "SignatureDoesNotMatch"


def test_a_call_is_recorded(esa: Esa, operator: Operator) -> None:
    task_id = operator.purge(pages("d/"), "directory", force=True)
    (call,) = esa.calls
    assert (call.action, call.object_type, call.force, call.urls) == (
        "PurgeCaches",
        "directory",
        True,
        tuple(pages("d/")),
    )
    assert (call.accepted, call.answered, call.code, call.task_ids) == (True, True, "", (task_id,))
    assert call.more == {"SiteId": str(SITE), "Type": "directory", "Force": "True"}


def test_a_refused_call_is_recorded_with_its_urls(esa: Esa, caller: Caller) -> None:
    caller.code("PurgeCaches", PURGE | {"Content": content(["nonsense"])})
    (call,) = esa.calls
    assert (call.urls, call.code, call.accepted) == (("nonsense",), "InvalidContent", False)


def test_each_call_has_a_task_id_of_its_own(operator: Operator) -> None:
    ids = [operator.purge([PAGE, *pages("b", host="img.a.example")]) for _ in range(2)]
    ids.append(operator.preload([PAGE]))
    assert len(set(ids)) == 3


def test_subscribers_get_an_accepted_purge_in_the_words_of_the_cdn(esa: Esa, operator: Operator) -> None:
    refreshes = []
    esa.subscribers.append(refreshes.append)
    operator.purge([PAGE], "ignoreParams", force=True)
    operator.preload([PAGE])
    assert refreshes == [("IgnoreParams", True, (PAGE,))]


# Methods and places of parameters


@pytest.mark.parametrize("action", READS)
def test_a_list_is_asked_for_with_get(caller: Caller, action: str) -> None:
    assert caller.code(action, {"SiteId": str(SITE)}, method="GET") == ""
    status, answer = caller.ask(action, {"SiteId": str(SITE)})
    assert (status, answer["Code"]) == (404, "InvalidAction.NotFound")


@pytest.mark.parametrize("action", ["PurgeCaches", "PreloadCaches"])
def test_a_purge_and_a_preload_are_asked_for_with_post(esa: Esa, caller: Caller, action: str) -> None:
    given = PURGE if action == "PurgeCaches" else PURGE | {"Content": f'["{PAGE}"]'}
    assert caller.ask(action, given, method="GET")[0] == 404
    assert (caller.code(action, given), [call.accepted for call in esa.calls]) == ("", [False, True])


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_the_quota_is_asked_for_with_either_method(caller: Caller, method: str) -> None:
    """The SDK says POST, the metadata of the API GET."""
    assert caller.code("GetPurgeQuota", {"SiteId": str(SITE), "Type": "file"}, method=method) == ""


@pytest.mark.parametrize(("action", "version"), [("PurgeCache", "2024-09-10"), ("PurgeCaches", "2018-05-10")])
def test_an_unknown_action_is_refused(caller: Caller, action: str, version: str) -> None:
    caller.version = version
    status, answer = caller.ask(action, PURGE)
    assert (status, answer["Code"], answer["HostId"]) == (404, "InvalidAction.NotFound", "esa.cn-hangzhou.aliyuncs.com")


def test_a_form_body_is_read_only_where_a_test_says_so(esa: Esa, caller: Caller) -> None:
    assert caller.call(PURGE, action="PurgeCaches")[1]["Code"] == "MissingParameter"
    esa.limits = esa.limits._replace(reads_form=True)
    assert "Code" not in caller.call(PURGE, action="PurgeCaches")[1]


def test_a_query_beyond_its_limit_is_answered_with_a_page_in_html(esa: Esa, caller: Caller) -> None:
    esa.limits = esa.limits._replace(query_bytes=300)
    assert caller.ask("PurgeCaches", PURGE)[0] == 200
    longer = PURGE | {"Content": content([PAGE + "x" * 300])}
    assert caller.ask("PurgeCaches", longer) == (414, {})
    assert [(call.accepted, call.answered) for call in esa.calls] == [(True, True), (False, True)]


# Sites and rights


@pytest.mark.parametrize("action", ["PurgeCaches", "PreloadCaches", "GetPurgeQuota", *READS])
@pytest.mark.parametrize(
    ("site", "code"),
    [("1", "InvalidStationParameter"), ("a.example", "InvalidStationParameter"), ("", "MissingParameter")],
)
def test_a_site_that_is_not_the_accounts_is_refused(caller: Caller, action: str, site: str, code: str) -> None:
    method = "GET" if action in READS else "POST"
    assert caller.code(action, PURGE | {"SiteId": site}, method=method) == ("" if action == "ListSites" else code)


@pytest.mark.parametrize("status", ["pending", "offline", "moved"])
def test_a_site_that_is_not_active_takes_no_purge_and_no_preload(esa: Esa, operator: Operator, status: str) -> None:
    esa.sites[SITE] = esa.sites[SITE]._replace(status=status)
    assert operator.code(operator.purge, [PAGE]) == "InvalidStationParameter"
    assert operator.code(operator.preload, [PAGE]) == "InvalidStationParameter"


@pytest.mark.parametrize(
    "host", [OTHER_HOST, "dns.a.example", "a.example", "new.a.example", f"{HOST}:443", HOST.upper()]
)
def test_a_host_that_the_site_does_not_accelerate_refuses_the_call(esa: Esa, operator: Operator, host: str) -> None:
    urls = [PAGE, *pages("a", host=host)]
    assert operator.code(operator.purge, urls) == "InvalidParameter.RecordNotBelongToSite"
    assert operator.code(operator.preload, urls) == "InvalidParameter.RecordNotBelongToSite"
    assert not esa.accepted


def test_a_site_that_is_added_takes_purges(esa: Esa, operator: Operator) -> None:
    esa.sites[3] = SITES[OTHER_SITE]
    assert operator.purge(pages("a", host=OTHER_HOST), site=3)


@pytest.mark.parametrize("action", ["PurgeCaches", "GetPurgeQuota"])
def test_a_key_can_have_the_right_to_some_sites_only(esa: Esa, caller: Caller, action: str) -> None:
    esa.rights["AK"] = {SITE}
    assert caller.code(action, PURGE) == ""
    status, answer = caller.ask(action, PURGE | {"SiteId": str(OTHER_SITE)})
    assert (status, answer["Code"]) == (403, "Forbidden.RAM")


def test_a_key_can_have_the_right_to_every_site(esa: Esa, caller: Caller) -> None:
    esa.rights["AK"] = {"*"}
    assert caller.code("PurgeCaches", PURGE) == ""


def test_a_key_can_have_the_right_to_some_actions_only(esa: Esa, caller: Caller) -> None:
    esa.actions["AK"] = {"GetPurgeQuota"}
    assert caller.code("GetPurgeQuota", PURGE) == ""
    status, answer = caller.ask("PurgeCaches", PURGE)
    assert (status, answer["Code"]) == (403, "Forbidden.RAM")
    assert "esa:PurgeCaches" in answer["Message"]


def test_an_action_can_be_denied(esa: Esa, operator: Operator) -> None:
    esa.denied.add("ListSites")
    assert operator.code(operator.sites) == "Forbidden.RAM"
    assert operator.purge([PAGE])


def test_an_account_can_be_suspended(esa: Esa, operator: Operator) -> None:
    esa.suspended = "InsufficientBalance"
    assert operator.code(operator.quota) == "InsufficientBalance"


# Faults


def test_a_scripted_refusal_is_an_error_of_the_api(esa: Esa, operator: Operator) -> None:
    esa.faults.add(Refusal(400, "PurgeUrlOverThreshold"))
    assert operator.code(operator.purge, [PAGE]) == "PurgeUrlOverThreshold"
    assert (esa.calls[0].code, esa.calls[0].accepted) == ("PurgeUrlOverThreshold", False)


def test_a_call_whose_answer_is_lost_was_accepted(esa: Esa, caller: Caller) -> None:
    esa.faults.add(Lost())
    with pytest.raises((OSError, HTTPException)):
        caller.code("PurgeCaches", PURGE)
    assert (esa.accepted, esa.calls[0].answered) == ({("File", PAGE)}, False)
