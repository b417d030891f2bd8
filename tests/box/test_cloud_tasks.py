"""The cloud in a box grants the function's role what the stack grants it, and its edge follows the tasks."""

import pytest
from cdn_client import Caller

from oss_cdn_refresh_box.cdn import Script
from oss_cdn_refresh_box.cloud import ROLE, Cloud

CONFIG = {"sites": [{"bucket": "my-site", "domains": ["www.example.com"]}]}
URL = "https://www.example.com/a.html"


@pytest.mark.parametrize(
    ("form", "action", "code"),
    [
        ({"ObjectPath": URL}, "RefreshObjectCaches", ""),
        ({"ObjectPath": "https://other.example/"}, "RefreshObjectCaches", "Forbidden.RAM"),
        ({}, "DescribeRefreshQuota", ""),
        ({"DomainName": "www.example.com"}, "DescribeCdnDomainDetail", "Forbidden.RAM"),
    ],
)
def test_the_role_may_call_what_the_stack_grants_and_nothing_else(form: dict[str, str], action: str, code: str) -> None:
    with Cloud(CONFIG) as cloud:
        role = Caller(cloud.cdn, cloud.clock, ROLE.access_key_id, ROLE.access_key_secret, ROLE.security_token)
        assert role.call(form, action=action)[1].get("Code", "") == code


def test_a_visitor_sees_the_new_page_when_the_task_completes() -> None:
    with Cloud(CONFIG) as cloud:
        cloud.cdn.tasks.script = lambda *_submitted: Script()
        cloud.visit(URL)
        Caller(cloud.cdn, cloud.clock).refresh([URL])
        assert cloud.visit(URL).headers["X-Cache"] == "HIT"
        cloud.clock.advance(360)
        assert cloud.visit(URL).headers["X-Cache"] == "MISS"
