"""`make check-template` knows what confirmation and preload need: rights, a backlog, look-ups within the API's rate."""

from copy import deepcopy
from typing import Any

import pytest
from seeding import CONFIG, Copy
from test_drain import rewritten

STACK, CONFIGURATION = "infra/ros.yml", "functions/config.yml"
LOOK_UP, PUSH = "              - cdn:DescribeRefreshTaskById\n", "              - cdn:PushObjectCache\n"
NO_LOOK_UP = (
    "may not do cdn:DescribeRefreshTaskById on acs:cdn:cn-hangzhou:1234567890123456:*: no refresh could be conf"
)
NO_PUSH = "may not do cdn:PushObjectCache on acs:cdn:cn-hangzhou:1234567890123456:domain/www.example.com: what preload"
PRELOAD, NEVER = "    preload: [index.html]\n", "confirm: {mode: never}\n"
LOOK_UPS = "look-ups a second 1 * 20 = 20 <= 30"


def configured(copy: Copy, more: str) -> None:
    """Add lines to the configuration."""
    (copy.folder / CONFIGURATION).write_text(CONFIG + more, encoding="utf-8")


def without_a_backlog(resources: Any) -> None:
    """No function knows the backlog."""
    for name in ("refresh", "drain"):
        resources[name]["props"]["environmentVariables"].pop("BACKLOG_QUEUE", None)  # both may share one mapping


def with_a_second_drain(resources: Any) -> None:
    """Another function like `drain`, with the same trigger."""
    second = resources["second"] = deepcopy(resources["drain"])
    second["props"]["functionName"] += "-2"


def test_a_stack_without_the_right_to_look_up_tasks_is_reported(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    copy.replace(STACK, LOOK_UP, "")
    assert (copy.check(), NO_LOOK_UP in capsys.readouterr().err) == (1, True)


def test_without_confirmation_nobody_needs_the_right_to_look_up_tasks(copy: Copy) -> None:
    copy.replace(STACK, LOOK_UP, "")
    configured(copy, NEVER)
    assert copy.check() == 0


def test_a_stack_without_the_right_to_preload_is_reported(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    copy.replace(STACK, PUSH, "")
    configured(copy, PRELOAD)
    (line,) = (copy.check(), capsys.readouterr().err.splitlines())[1]
    assert NO_PUSH in line
    assert line.endswith(": allow it in infra/ros.yml")


def test_without_preload_nobody_needs_the_right_to_preload(copy: Copy) -> None:
    copy.replace(STACK, PUSH, "")
    assert copy.check() == 0


def test_only_domains_of_sites_with_preload_need_the_right_to_preload(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    copy.replace(STACK, PUSH, "")
    configured(copy, PRELOAD + "  - {bucket: my-site, prefix: img/, domains: [img.example.com]}\n")
    assert copy.check({"REFRESH_DOMAINS": "www.example.com,img.example.com"}) == 1
    assert ("domain/www" in (told := capsys.readouterr().err), "domain/img" in told) == (True, False)


def test_a_domain_that_the_role_lacks_is_reported_once(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    configured(copy, PRELOAD)
    assert copy.check({"REFRESH_DOMAINS": "img.example.com"}) == 1
    missing, additional = capsys.readouterr().err.splitlines()
    assert ("www.example.com of config.yml is missing" in missing, '"img.example.com"' in additional) == (True, True)


def test_preload_without_a_backlog_is_reported(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    configured(copy, PRELOAD)
    rewritten(copy, without_a_backlog)
    assert copy.check() == 1
    finding = "refresh.props.environmentVariables.BACKLOG_QUEUE: is missing, and config.yml has preload: no function"
    assert finding in capsys.readouterr().err


def test_the_proof_bounds_the_look_ups_of_the_function_that_reads_the_backlog(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (copy.check(), LOOK_UPS in capsys.readouterr().out) == (0, True)


def test_the_proof_has_no_look_ups_without_confirmation(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    configured(copy, NEVER)
    assert (copy.check(), "look-ups" in capsys.readouterr().out) == (0, False)


def test_two_functions_that_read_the_backlog_look_up_too_often(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    rewritten(copy, with_a_second_drain)
    assert copy.check() == 1
    finding = (
        "look-ups a second 1 * 20 + 1 * 20 = 40 > 30: calls would be throttled: let one function alone read the backlog"
    )
    assert finding in capsys.readouterr().err
