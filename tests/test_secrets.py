"""Secrets never appear in logs, errors or messages, and untrusted input cannot break a log line."""

import json
import traceback
import warnings
from collections.abc import Callable

import pytest
from world import SITE, World, always, backlog_record, event, record, url

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh_box.account.credentials import Key
from oss_cdn_refresh_box.wire.faults import Faults, Refusal
from oss_cdn_refresh_box.wire.serving import Reply, Request, Reset, Response, Server

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "invalid escape sequence")  # from docstrings of oss2, when Python compiles it
    import oss2

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # signature version 4 of oss2, on Python 3.12
)

NAME = "STS.NUexampleKeyId"
SECRET = "Example+Secret/Of=TheKey"  # noqa: S105 - made up
TOKEN = "CAISexample+Token/With=Signs"  # noqa: S105 - made up
SECRETS = (NAME, SECRET, TOKEN)
EVENT = event(record("a.jpg"), record("b.jpg"))


@pytest.fixture
def sts(world: World) -> World:
    """The world with credentials of STS for the function; all services accept them."""
    world.keys[NAME] = Key(SECRET, TOKEN)
    world.environ |= {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": NAME,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": SECRET,
        "ALIBABA_CLOUD_SECURITY_TOKEN": TOKEN,
        "LOG_LEVEL": "DEBUG",
    }
    world.jitter = lambda _low, high: high
    return world


def everything_visible(world: World, event: bytes = EVENT) -> str:
    """All output of an invocation: its log, its messages, and the error that the platform prints."""
    try:
        world.invoke(event)
    except Exception as error:  # noqa: BLE001 - the platform prints every error
        raised = "".join(traceback.format_exception(type(error), error, error.__traceback__)) + repr(error)
    else:
        raised = ""
    messages = [message.body for queue in ("backlog", "dead-letters") for message in world.smq.queue(queue).messages()]
    return "\n".join([*world.logged, *messages, raised])


def echo(status: int, code: str) -> Callable[[Request], Reply]:
    """A CDN that repeats the request in its answer, as it does for a wrong signature."""

    def answer(request: Request) -> Reply:
        headers = "\n".join(f"{name}:{value}" for name, value in request.headers.items())
        message = f"server string to sign is: POST\n/\n\n{headers}\n{request.body.decode()} and the secret {SECRET}"
        return Response(status, json.dumps({"Code": code, "Message": message, "RequestId": "R"}).encode())

    return answer


def smq_echo(status: int, code: str) -> Callable[[Request], Reply]:
    """An SMQ that repeats the request in its answer."""

    def answer(request: Request) -> Reply:
        headers = "\n".join(f"{name}:{value}" for name, value in request.headers.items())
        escaped = f"{headers} {SECRET}".replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return Response(status, f"<Error><Code>{code}</Code><Message>{escaped}</Message></Error>".encode())

    return answer


def assert_no_secret(text: str) -> None:
    assert text
    for secret in SECRETS:
        assert secret not in text


CDN_FAILURES: dict[str, Callable[[Request], Reply | Refusal | None]] = {
    "nothing": lambda _request: None,
    "a signature that does not match": echo(400, "SignatureDoesNotMatch"),
    "a malformed token": echo(400, "InvalidSecurityToken.Malformed"),
    "an expired token": echo(400, "InvalidSecurityToken.Expired"),
    "an unknown key": echo(404, "InvalidAccessKeyId.NotFound"),
    "no right": echo(403, "Forbidden.RAM"),
    "a malformed item": echo(400, "InvalidObjectPath.Malformed"),
    "throttling": echo(503, "Throttling"),
    "a code that holds a token": echo(400, f"Odd.{TOKEN}"),
    "the day's quota": echo(400, "QuotaExceeded.Refresh"),
    "no JSON": lambda request: Response(502, f"<html>{request.headers}</html>".encode()),
    "no task id": lambda request: Response(200, json.dumps({"Echo": str(request.headers)}).encode()),
    "a redirect": lambda request: Response(
        302, b"", {"Location": f"http://127.0.0.1:9/?token={request.headers['x-acs-security-token']}"}
    ),
    "a reset": lambda _request: Reset(),
}


@pytest.mark.parametrize("rule", CDN_FAILURES.values(), ids=CDN_FAILURES)
def test_no_failure_of_the_cdn_reveals_a_secret(sts: World, rule: Callable[[Request], Reply]) -> None:
    sts.cdn.faults = Faults(rule=rule)
    assert_no_secret(everything_visible(sts))


@pytest.mark.parametrize("rule", CDN_FAILURES.values(), ids=CDN_FAILURES)
def test_no_failure_of_the_cdn_reveals_a_secret_when_the_queues_fail_too(
    sts: World, rule: Callable[[Request], Reply]
) -> None:
    sts.cdn.faults = Faults(rule=rule)
    sts.smq.faults = Faults(rule=smq_echo(403, "SignatureDoesNotMatch"))
    assert_no_secret(everything_visible(sts))


@pytest.mark.parametrize(
    "rule",
    [
        smq_echo(403, "SignatureDoesNotMatch"),
        smq_echo(403, "InvalidSecurityToken"),
        smq_echo(500, "InternalServerError"),
        smq_echo(403, f"Odd.{SECRET}"),
        lambda request: Response(502, f"<html>{request.headers}</html>".encode()),
        lambda _request: Reset(),
    ],
    ids=["a signature", "a token", "broken", "a code that holds the secret", "an HTML 502", "a reset"],
)
def test_no_failure_of_smq_reveals_a_secret(sts: World, rule: Callable[[Request], Reply]) -> None:
    sts.cdn.suspended = "OperationDenied"
    sts.smq.faults = Faults(rule=rule)
    assert_no_secret(everything_visible(sts))


@pytest.mark.parametrize("name", ["CDN_ENDPOINT", "SMQ_ENDPOINT"])
def test_an_unreachable_endpoint_reveals_no_secret(sts: World, name: str) -> None:
    sts.environ[name] = "http://127.0.0.1:9"
    sts.cdn.suspended = "OperationDenied"
    assert_no_secret(everything_visible(sts))


@pytest.mark.parametrize("end", ["\n", "\r\n", " ", "\t", "é"], ids=repr)
@pytest.mark.parametrize("what", ["ACCESS_KEY_ID", "ACCESS_KEY_SECRET", "SECURITY_TOKEN"])
def test_malformed_credentials_are_not_shown(sts: World, what: str, end: str) -> None:
    """A header cannot contain a line break, and the error of a library would show the value."""
    sts.environ[f"ALIBABA_CLOUD_{what}"] += end
    assert_no_secret(everything_visible(sts))


OSS_REFUSAL = """<?xml version="1.0"?><Error><Code>{code}</Code><Message>The request signature we calculated</Message>
<OSSAccessKeyId>{name}</OSSAccessKeyId><StringToSign>GET x-oss-security-token:{token}</StringToSign></Error>"""


@pytest.mark.parametrize("code", ["SignatureDoesNotMatch", "InvalidAccessKeyId", "AccessDenied"])
def test_a_refusal_by_oss_reveals_no_secret(sts: World, code: str) -> None:
    """OSS's answer contains the key and the signed string, and the platform also prints the causes of an error."""
    refusal = OSS_REFUSAL.format(code=code, name=NAME, token=TOKEN).encode()
    with Server(lambda _request: Response(403, refusal)) as oss:
        sts.environ |= {"REFRESH_CONFIG": "oss://settings/config.yml", "OSS_ENDPOINT": oss.url}
        sts.deploy()
        text = everything_visible(sts)
    assert ConfigurationError.__name__ in text
    assert_no_secret(text)


def test_the_error_of_the_oss_sdk_contains_the_token(sts: World) -> None:
    """This proves that the test for a refusal by OSS searches for a text that really occurs."""
    refusal = OSS_REFUSAL.format(code="AccessDenied", name=NAME, token="T").encode()  # noqa: S106 - made up
    session = oss2.Session()
    with Server(lambda _request: Response(403, refusal)) as oss, pytest.raises(oss2.exceptions.OssError, match=NAME):
        oss2.Bucket(oss2.StsAuth(*SECRETS), oss.url, "settings", session=session).get_object("config.yml")
    session.session.close()
    assert sts.logged == []


# Untrusted input


KEYS = {
    "a newline": 'a\n{"event": "summary"}.jpg',
    "a carriage return": "a\r\nb.jpg",
    "quotes": "a\"b'c.jpg",
    "a backslash": "a\\n.jpg",
    "a line separator": "a\u2028b\u2029c\x85d.jpg",
    "a null and an escape": "a\0\x1b[31mb.jpg",
    "beyond ASCII": "長😀.jpg",
    "braces and percents": "{0} %s %(name)s {event}.jpg",
    "markup": "<script>]]>&amp;.jpg",
}


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
@pytest.mark.parametrize("code", ["", "InvalidObjectPath.Malformed", "TooMany.Refresh"], ids=["fine", "bad", "later"])
def test_no_key_breaks_a_line_of_the_log(world: World, key: str, code: str) -> None:
    world.cdn.faults = always(Refusal(400, code, f"about {key}") if code else None)
    world.invoke(event(record(key)))
    _each_is_one_line(world)


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_no_unreadable_record_breaks_a_line_of_the_log(world: World, key: str) -> None:
    world.invoke([{"no": key}, key, {"events": [{"eventName": key}]}])
    _each_is_one_line(world)


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_no_unknown_event_breaks_a_line_of_the_log(world: World, key: str) -> None:
    world.invoke(event(record(event=key, bucket=key)))
    _each_is_one_line(world)


@pytest.mark.parametrize("key", KEYS.values(), ids=KEYS)
def test_no_message_breaks_a_line_of_the_log(world: World, key: str) -> None:
    world.invoke([backlog_record(url(key), reason=key, strange={key: key}), backlog_record(f"ftp://{key}/")])
    _each_is_one_line(world)


def _each_is_one_line(world: World) -> None:
    assert world.logged
    for line in world.logged:
        assert line.isascii()
        assert line.isprintable()
        assert {"event", "level", "request_id"} <= json.loads(line).keys()
    assert [line["event"] for line in world.lines].count("summary") == 1


@pytest.mark.parametrize("count", [1, 3_000])
def test_no_line_is_longer_than_the_platform_keeps(world: World, count: int) -> None:
    world.configure(SITE, limits={"urls_per_minute_per_domain": 10_000})
    world.cdn.faults = always(Refusal(400, "TooMany.Refresh", "m" * 50_000))
    world.invoke([json.loads(event(*(record(f"{'長' * 150}{number}.jpg") for number in range(count)))), "x" * 100_000])
    assert max(len(line.encode()) for line in world.logged) <= 32_768


def test_a_request_id_reveals_no_secret(sts: World) -> None:
    answer = {"Code": "InvalidObjectPath.Malformed", "Message": "", "RequestId": f"R-{TOKEN}-{SECRET}"}
    sts.cdn.faults = Faults(rule=lambda _request: Response(400, json.dumps(answer).encode()))
    assert_no_secret(everything_visible(sts))


@pytest.mark.parametrize("shown", [500, 1_000], ids=["in a message", "in the log"])
@pytest.mark.parametrize("field", ["Code", "Message", "RequestId"])
def test_a_secret_is_removed_before_a_text_is_cut(sts: World, field: str, shown: int) -> None:
    """If a long text was cut first, most of a token could remain."""
    texts = {"Code": "InvalidObjectPath.Malformed", "Message": "", "RequestId": ""}
    texts[field] += "x" * (shown - len(texts[field]) - len(TOKEN) + 1) + TOKEN
    sts.cdn.faults = Faults(rule=lambda _request: Response(400, json.dumps(texts).encode()))
    assert TOKEN[:-1] not in everything_visible(sts)
