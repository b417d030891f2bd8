"""The rights of a role by its policies."""

import json
from typing import Any

import pytest

from oss_cdn_refresh_cli.deployment.roles import Answer, Role, statements, trusted

REFRESH, DOMAIN = "cdn:RefreshObjectCaches", "acs:cdn:cn-hangzhou:42:domain/www.example.com"
ALLOW = {"Effect": "Allow", "Action": [REFRESH], "Resource": ["acs:cdn:*:42:domain/www.example.com"]}


def may(*policy: Any, action: str = REFRESH, resource: str = DOMAIN) -> Answer:
    return Role("r", frozenset(), statements(json.dumps({"Version": "1", "Statement": list(policy)}))).may(
        action, resource
    )


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({}, Answer.YES),
        ({"Action": "*"}, Answer.YES),
        ({"Action": "CDN:refresh*"}, Answer.YES),
        ({"Action": ["cdn:Describe*"]}, Answer.NO),
        ({"Resource": "*"}, Answer.YES),
        ({"Resource": "acs:cdn:*:42:domain/w?w.example.com"}, Answer.YES),
        ({"Resource": "acs:cdn:*:42:domain/example.com"}, Answer.NO),
        ({"Resource": "acs:cdn:*:43:*"}, Answer.NO),
        ({"Condition": {"IpAddress": {"acs:SourceIp": ["10.0.0.1"]}}}, Answer.PERHAPS),
        ({"Effect": "Deny"}, Answer.NO),
        ({"Action": None}, Answer.NO),
    ],
)
def test_a_statement_allows_what_its_patterns_match(changed: dict[str, Any], answer: Answer) -> None:
    assert may({**ALLOW, **changed}) is answer


def test_a_role_without_statements_may_do_nothing() -> None:
    assert may() is Answer.NO


def test_a_deny_wins() -> None:
    assert may(ALLOW, {"Effect": "Deny", "Action": "cdn:*", "Resource": "*"}) is Answer.NO


def test_all_actions_but_some_are_allowed() -> None:
    allowed = {"Effect": "Allow", "NotAction": "ram:*", "Resource": "*"}
    assert (may(allowed), may(allowed, action="ram:GetRole")) == (Answer.YES, Answer.NO)


def test_all_actions_but_some_are_denied() -> None:
    assert may(ALLOW, {"Effect": "Deny", "NotAction": "oss:*", "Resource": "*"}) is Answer.NO


def test_a_deny_of_something_else_does_not_matter() -> None:
    assert may(ALLOW, {"Effect": "Deny", "Action": "oss:*", "Resource": "*"}) is Answer.YES


def test_a_deny_with_a_condition_gives_no_certain_answer() -> None:
    denial = {
        "Effect": "Deny",
        "Action": "cdn:*",
        "Resource": "*",
        "Condition": {"Bool": {"acs:SecureTransport": "false"}},
    }
    assert may(ALLOW, denial) is Answer.PERHAPS


def test_a_single_statement_may_stand_without_a_list() -> None:
    role = Role("r", frozenset(), statements(json.dumps({"Statement": ALLOW})))
    assert role.may(REFRESH, DOMAIN) is Answer.YES


@pytest.mark.parametrize(
    ("principal", "services"),
    [
        ({"Service": ["fc.aliyuncs.com"]}, {"fc.aliyuncs.com"}),
        ({"Service": "fc.aliyuncs.com"}, {"fc.aliyuncs.com"}),
        ({"RAM": ["acs:ram::42:root"]}, set()),
        ("*", set()),
    ],
)
def test_a_role_trusts_the_services_of_its_document(principal: Any, services: set[str]) -> None:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    assert trusted(json.dumps({"Statement": [statement]})) == services
