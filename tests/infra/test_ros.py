"""The resources of the stack: the fewest rights, and queues with a long retention."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from oss_cdn_refresh.products import NAMES, product
from oss_cdn_refresh_cli.deployment.reading import ros
from oss_cdn_refresh_cli.deployment.reading.template import Stack, load
from oss_cdn_refresh_cli.deployment.reading.variables import TemplateError

ROOT = Path(__file__).parents[2]
ACCOUNT = "1234567890123456"


def made(**environ: str) -> ros.Infrastructure:
    return ros.evaluate(load(ROOT / "template.yml", environ=environ, account=ACCOUNT).stack("infra"), ACCOUNT)


def test_the_role_refreshes_each_domain_by_name() -> None:
    infrastructure = made(REFRESH_DOMAINS="www.example.com,img.example.com")
    assert infrastructure.resources("cdn:RefreshObjectCaches") == (
        f"acs:cdn:*:{ACCOUNT}:domain/www.example.com",
        f"acs:cdn:*:{ACCOUNT}:domain/img.example.com",
    )


def test_the_role_preloads_exactly_the_domains_that_it_refreshes() -> None:
    infrastructure = made(REFRESH_DOMAINS="www.example.com", REFRESH_MORE_DOMAINS="img.example.com,a.example.com")
    refreshed = infrastructure.resources("cdn:RefreshObjectCaches")
    assert len(refreshed) == 3
    assert infrastructure.resources("cdn:PushObjectCache") == refreshed


def test_the_role_sends_to_its_two_queues_and_to_no_other() -> None:
    expected = tuple(
        f"acs:mns:cn-hangzhou:{ACCOUNT}:/queues/oss-cdn-refresh-{name}/messages" for name in ("backlog", "dead-letters")
    )
    assert made().resources("mns:SendMessage") == expected


def test_only_rights_that_the_api_cannot_limit_are_granted_on_all_resources() -> None:
    everywhere = {action for right in made().role.statements if "*" in right.resources for action in right.actions}
    assert everywhere == {"cdn:DescribeRefreshQuota", "cdn:DescribeRefreshTaskById"}


def test_the_role_has_no_further_rights() -> None:
    assert {action for right in made().role.statements for action in right.actions} == {
        "cdn:RefreshObjectCaches",
        "cdn:PushObjectCache",
        "cdn:DescribeRefreshQuota",
        "cdn:DescribeRefreshTaskById",
        "mns:SendMessage",
        "mns:BatchSendMessage",
        "log:PostLogStoreLogs",
    }


OF_DCDN = (
    *("dcdn:RefreshDcdnObjectCaches", "dcdn:PreloadDcdnObjectCaches"),
    *("dcdn:DescribeDcdnRefreshQuota", "dcdn:DescribeDcdnRefreshTaskById"),
)
OF_ESA = ("esa:PurgeCaches", "esa:PreloadCaches", "esa:GetPurgeQuota", "esa:DescribePurgeTasks")


def of(service: str, infrastructure: ros.Infrastructure) -> set[str]:
    """The rights of the role on a service."""
    actions = {action for right in infrastructure.role.statements for action in right.actions}
    return {action for action in actions if action.startswith(f"{service}:")}


def test_the_role_has_no_right_on_the_cdn_where_none_of_its_domains_is_listed() -> None:
    assert of("cdn", made(REFRESH_DOMAINS="none")) == set()


def test_the_role_has_the_rights_on_dcdn_where_domains_of_it_are_listed() -> None:
    infrastructure = made(REFRESH_DCDN_DOMAINS="dcdn.example.com")
    assert of("dcdn", infrastructure) == set(OF_DCDN)
    assert {infrastructure.resources(action) for action in OF_DCDN} == {("*",)}


def test_the_role_has_the_rights_on_each_site_of_esa_that_is_listed() -> None:
    infrastructure = made(REFRESH_ESA_SITES="123456,654321")
    assert of("esa", infrastructure) == set(OF_ESA)
    sites = (f"acs:esa:*:{ACCOUNT}:site/123456", f"acs:esa:*:{ACCOUNT}:site/654321")
    assert {infrastructure.resources(action) for action in OF_ESA} == {sites}


@pytest.mark.parametrize("name", NAMES)
def test_the_stack_gives_exactly_the_rights_that_a_product_needs(name: str) -> None:
    every = made(REFRESH_DCDN_DOMAINS="dcdn.example.com", REFRESH_ESA_SITES="123456")
    assert of(name, every) == set(product(name).RIGHTS)


def test_a_configuration_in_oss_is_readable_and_nothing_beside_it() -> None:
    infrastructure = made(REFRESH_CONFIG="oss://settings/cdn/config.yml")
    assert infrastructure.resources("oss:GetObject") == (f"acs:oss:*:{ACCOUNT}:settings/cdn/config.yml",)


def test_an_inventory_in_oss_is_readable_and_nothing_beside_it() -> None:
    infrastructure = made(REFRESH_INVENTORY="oss://settings/cdn/inventory.json.gz")
    assert infrastructure.resources("oss:GetObject") == (f"acs:oss:*:{ACCOUNT}:settings/cdn/inventory.json.gz",)


def test_configuration_and_inventory_may_both_lie_in_oss() -> None:
    infrastructure = made(REFRESH_CONFIG="oss://settings/config.yml", REFRESH_INVENTORY="oss://lists/inventory.json")
    expected = tuple(f"acs:oss:*:{ACCOUNT}:{place}" for place in ("settings/config.yml", "lists/inventory.json"))
    assert infrastructure.resources("oss:GetObject") == expected


def test_an_inventory_among_the_code_needs_no_right() -> None:
    assert made(REFRESH_INVENTORY="inventory.json.gz").resources("oss:GetObject") == ()


def test_the_role_writes_to_the_log_of_the_deployment_and_to_no_other() -> None:
    project = f"oss-cdn-refresh-{ACCOUNT}-cn-hangzhou-logs"
    expected = (f"acs:log:cn-hangzhou:{ACCOUNT}:project/{project}/logstore/function-log",)
    assert made().resources("log:PostLogStoreLogs") == expected


def test_only_function_compute_takes_the_role_on() -> None:
    assert made().role.services == {"fc.aliyuncs.com"}


def test_both_queues_keep_messages_for_seven_days() -> None:
    assert [queue.retention for queue in made().queues.values()] == [604_800, 604_800]


def test_the_role_is_named_after_the_function_and_its_region() -> None:
    """Roles belong to the account, so the region distinguishes two deployments."""
    role = made(REFRESH_NAME="mine", REFRESH_REGION="cn-shanghai").role.name
    assert role == f"acs:ram::{ACCOUNT}:role/mine-cn-shanghai"


@pytest.mark.parametrize(
    ("resource", "complaint"),
    [
        ({"Fn::Jq": []}, "Fn::Jq is not known here"),
        ({"Ref": "Nobody"}, "ros.yml: Nobody: has no value: pass it as a parameter"),
    ],
)
def test_a_resource_that_cannot_be_evaluated_is_an_error(
    tmp_path: Path, resource: Mapping[str, object], complaint: str
) -> None:
    text = (
        f"Parameters: {{}}\nResources: {{A: {{Type: 'ALIYUN::MNS::Queue', Properties: {{QueueName: {resource}}}}}}}\n"
    )
    (tmp_path / "ros.yml").write_text(text, encoding="utf-8")
    with pytest.raises(TemplateError) as error:
        ros.evaluate(Stack("infra", "name", "cn-hangzhou", tmp_path / "ros.yml", {}), ACCOUNT)
    assert complaint in str(error.value)
