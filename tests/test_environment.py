"""The settings of one invocation, from the environment and the context."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.settings import environment
from oss_cdn_refresh.settings.environment import Environment

CONTEXT = SimpleNamespace(region="cn-hangzhou", account_id="123", function=SimpleNamespace(timeout=300))
ENDPOINTS = {"CDN_ENDPOINT": "cdn", "SMQ_ENDPOINT": "smq", "OSS_ENDPOINT": "oss"}


def read(context: Any = CONTEXT, **environ: str) -> Environment:
    return environment.read(context, environ)


def test_every_setting_has_its_default() -> None:
    assert read()._replace(credentials=None) == (  # type: ignore[arg-type]
        "config.yml",
        {"cdn": "", "dcdn": "", "esa": ""},
        "https://123.mns.cn-hangzhou.aliyuncs.com",
        "https://oss-cn-hangzhou-internal.aliyuncs.com",
        "cn-hangzhou",
        "",
        "",
        0,
        False,
        300.0,
        None,
    )


def test_every_variable_is_read() -> None:
    found = read(
        REFRESH_CONFIG="oss://conf/config.yml",
        CDN_ENDPOINT="http://127.0.0.1:1",
        DCDN_ENDPOINT="http://127.0.0.1:4",
        ESA_ENDPOINT="http://127.0.0.1:5",
        SMQ_ENDPOINT="http://127.0.0.1:2",
        OSS_ENDPOINT="http://127.0.0.1:3",
        BACKLOG_QUEUE="backlog",
        DEAD_LETTER_QUEUE="dead",
    )
    assert found[:4] == (
        "oss://conf/config.yml",
        {"cdn": "http://127.0.0.1:1", "dcdn": "http://127.0.0.1:4", "esa": "http://127.0.0.1:5"},
        "http://127.0.0.1:2",
        "http://127.0.0.1:3",
    )
    assert (found.backlog, found.dead_letters) == ("backlog", "dead")


@pytest.mark.parametrize(
    "variable", ["REFRESH_CONFIG", "CDN_ENDPOINT", "SMQ_ENDPOINT", "OSS_ENDPOINT", "BACKLOG_QUEUE"]
)
def test_an_empty_variable_counts_as_not_set(variable: str) -> None:
    assert read(**{variable: ""})[:-1] == read()[:-1]


@pytest.mark.parametrize("variable", ["BACKLOG_QUEUE", "DEAD_LETTER_QUEUE"])
@pytest.mark.parametrize(
    "name",
    [
        "my_queue.backlog",
        "a" * 121,
        "a" * 130,
        "-backlog",
        "my queue",
        " backlog",
        "backlog ",
        "backlog\n",
        "\u961f\u5217",
        "a/b",
        "queue?x",
        "acs:mns:queue",
    ],
    ids=ascii,
)
def test_a_queue_name_that_smq_refuses_is_refused_with_its_variable(variable: str, name: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(**{variable: name})
    shown = json.dumps(name, ensure_ascii=False)
    assert str(refused.value) == (
        f"environment: {variable}: {shown} is no name of a queue: "
        "write 1 to 120 letters, digits and hyphens, no hyphen first"
    )


@pytest.mark.parametrize("name", ["b", "1", "2nd-backlog", "Backlog-", "a" * 120])
def test_a_queue_name_that_smq_allows_is_accepted(name: str) -> None:
    found = read(BACKLOG_QUEUE=name, DEAD_LETTER_QUEUE=name)
    assert (found.backlog, found.dead_letters) == (name, name)


@pytest.mark.parametrize(("delivery", "batched"), [("", False), ("direct", False), ("batched", True)])
def test_delivery_is_direct_by_default(delivery: str, batched: object) -> None:
    assert read(DELIVERY=delivery, BACKLOG_QUEUE="backlog").batched is batched


@pytest.mark.parametrize("delivery", ["Batched", "batch", " batched", "true"])
def test_an_unknown_delivery_is_an_error(delivery: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(DELIVERY=delivery, BACKLOG_QUEUE="backlog")
    assert str(caught.value) == f'environment: DELIVERY: "{delivery}" is unknown: write direct or batched'


def test_batched_delivery_needs_a_backlog() -> None:
    with pytest.raises(ConfigurationError, match="BACKLOG_QUEUE: is not set, and DELIVERY is batched"):
        read(DELIVERY="batched")


@pytest.mark.parametrize("context", [SimpleNamespace(), None, SimpleNamespace(region=None, account_id=None)], ids=repr)
def test_without_account_and_region_only_the_endpoints_of_the_products_are_known(context: Any) -> None:
    found = read(context)
    assert (found.endpoint("cdn"), found.smq, found.oss) == ("https://cdn.aliyuncs.com", "", "")


@pytest.mark.parametrize(
    "context",
    [
        None,
        SimpleNamespace(),
        SimpleNamespace(function=None),
        SimpleNamespace(function=SimpleNamespace()),
        SimpleNamespace(function=SimpleNamespace(timeout=None)),
        SimpleNamespace(function=SimpleNamespace(timeout=0)),
        SimpleNamespace(function=SimpleNamespace(timeout=-1)),
        SimpleNamespace(function=SimpleNamespace(timeout="soon")),
    ],
    ids=repr,
)
def test_a_missing_timeout_means_a_minute(context: Any) -> None:
    assert read(context).timeout == 60


@pytest.mark.parametrize("timeout", [1, 60, 300.0])
def test_the_timeout_of_the_function_is_used(timeout: float) -> None:
    assert read(SimpleNamespace(function=SimpleNamespace(timeout=timeout))).timeout == timeout


@pytest.mark.parametrize(("variable", "field"), ENDPOINTS.items())
@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("https://cdn.example.com", "https://cdn.example.com"),
        ("https://cdn.example.com/", "https://cdn.example.com"),
        ("cdn.example.com", "https://cdn.example.com"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("localhost:8080", "https://localhost:8080"),
        ("HTTPS://a.com", "https://a.com"),
        ("http://[::1]", "http://[::1]"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("https://a.com:65535", "https://a.com:65535"),
        ("https://a_b-c.example.com:1", "https://a_b-c.example.com:1"),
    ],
)
def test_an_endpoint_is_a_base_url_with_or_without_its_scheme_and_slash(
    variable: str, field: str, written: str, url: str
) -> None:
    found = read(**{variable: written})
    assert {"cdn": found.endpoints["cdn"], "smq": found.smq, "oss": found.oss}[field] == url


@pytest.mark.parametrize("variable", ENDPOINTS)
@pytest.mark.parametrize(
    "written",
    [
        "https://a.com/path",
        "https://a.com?x",
        "https://a.com#x",
        "ftp://a.com",
        "ws://a.com",
        "://a.com",
        "https://u@a.com",
        "https://u:p@a.com",
        "https://a b.com",
        "https://",
        "https:///",
        "http:",
        "http:/h",
        "https:h",
        "http://[::1",
        "http://::1",
        "http://[::1]x",
        "http://[::1]:",
        "http://[::1%25eth0]",
        "http://[h]",
        "http://[]",
        "http://h:abc",
        "http://h:",
        "http://:80",
        "http://h:0",
        "http://h:70000",
        "http://h:65536",
        "http://h:-1",
        "http://h:80:80",
        "http://h:\uff18\uff10",
        "http://h:" + "1" * 5_000,
        "http://h\n",
        "http://\u4f8b.com",
        "http://a..com",
        "http://.",
        "http://-a.com",
        "http://*.a.com",
        "http://" + "a" * 64,
        "http://" + ".".join(["a" * 60] * 5),
        "http://http://a.com",
    ],
    ids=lambda written: ascii(written)[:40],
)
def test_an_endpoint_that_is_not_a_base_url_is_refused_with_its_place_and_remedy(variable: str, written: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(**{variable: written})
    assert str(refused.value).startswith(f"environment: {variable}: ")
    assert str(refused.value).endswith(" is no base URL: write https://host or https://host:port")
    assert len(str(refused.value)) < 400


@pytest.mark.parametrize(
    "written",
    [
        "https://AK:SECRET@h",
        "https://SECRET@h",
        "AK:SECRET@h",
        "http://a@SECRET@h:80",
        "://SECRET@h",
        "https://@SECRET@",
    ],
)
def test_a_password_in_an_endpoint_is_not_shown(written: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(CDN_ENDPOINT=written)
    assert "SECRET" not in str(refused.value)


@pytest.mark.parametrize("text", ["ten", "-1", "1.5", "1" * 10, "\uff11"])
def test_a_rate_that_is_not_a_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"environment: CALLS_PER_SECOND: .* is no whole number: write one"):
        read(CALLS_PER_SECOND=text)


@pytest.mark.parametrize(("text", "rate"), [("10", 10), ("0", 0), ("", 0)])
def test_a_deployment_may_bound_the_calls_of_an_instance(text: str, rate: int) -> None:
    assert read(CALLS_PER_SECOND=text).calls_per_second == rate
