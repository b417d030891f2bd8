"""The template and the account of a deployment are read into the same values."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from healthy import Healthy, a_healthy_account

from layers import build
from oss_cdn_refresh_cli.deployment.expectations import RUNTIMES
from oss_cdn_refresh_cli.deployment.model import Function, OssTrigger, Trigger
from oss_cdn_refresh_cli.doctor import seen, services
from oss_cdn_refresh_cli.doctor.services import Asked

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Healthy]:
    with a_healthy_account(tmp_path) as healthy:
        yield healthy


def told(account: Healthy, name: str) -> Function:
    """A function by the account's answers."""
    asked = Asked(account.credentials, account.cloud.api.url, 10)
    answers = seen.seen(
        services.function(asked, name),
        services.triggers(asked, name),
        services.asynchronous(asked, name),
        services.cap(asked, name),
    )
    (function,) = answers.functions
    return function


def comparable(function: Function) -> Function:
    """The function without the fields of only one source, and without the path of the configuration."""
    environment = {name: value for name, value in function.environment.items() if name != "REFRESH_CONFIG"}
    return function._replace(
        resource="",
        place="",
        code=Path(),
        log_requests=False,
        environment=environment,
        triggers=tuple(map(_placeless, function.triggers)),
    )


def _placeless(trigger: Trigger) -> Trigger:
    return trigger._replace(place="", role="") if isinstance(trigger, OssTrigger) else trigger._replace(place="")


@pytest.mark.parametrize("resource", ["function", "drain"])
def test_a_function_is_the_same_in_the_template_and_in_the_account(account: Healthy, resource: str) -> None:
    written: Function = getattr(account.cloud, resource).function
    assert comparable(told(account, written.name)) == comparable(written)


def test_a_setting_that_the_answer_leaves_out_has_function_computes_default(account: Healthy) -> None:
    for name in ("asyncInvocationType", "triggerEnable"):
        del account.trigger("backlog")["triggerConfig"][name]
    assert {each["status"] for each in account.findings()["queue_trigger"]} == {"ok"}


def test_a_layer_can_be_built_for_each_runtime_that_the_rules_allow() -> None:
    assert set(RUNTIMES) == set(build.RUNTIMES)


def test_doctor_proves_the_limits_of_the_cdn_as_check_template_does(account: Healthy) -> None:
    account.function.concurrency = 5
    details = [each["detail"] for each in account.findings()["function"] if each["status"] == "warning"]
    assert "calls a second 5 * 10 + 1 * 10 = 60 > 50: calls would be throttled" in details[0]
