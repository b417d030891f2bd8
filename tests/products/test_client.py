"""The calls to the CDN: the bytes of a request, and how an answer is read."""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote_plus

import pytest
from alibabacloud_cdn20180510 import models
from alibabacloud_cdn20180510.client import Client as Official
from alibabacloud_tea_openapi.models import Config
from hypothesis import given
from hypothesis import strategies as st
from world import CDN, NOON, an_item, url

from oss_cdn_refresh.model.batch import Batch
from oss_cdn_refresh.model.confirmation import Submission, Task
from oss_cdn_refresh.model.effects import Effects
from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, OBJECT_TYPES, ObjectType
from oss_cdn_refresh.model.quota import Allowance
from oss_cdn_refresh.model.verdict import Verdict
from oss_cdn_refresh.products.api import CODE_LENGTH, MESSAGE_LENGTH, REQUEST_ID_LENGTH, Peer, form_encoded
from oss_cdn_refresh.products.cdn import Client
from oss_cdn_refresh.products.object_path import TASK_IDS
from oss_cdn_refresh.products.signature import authorization
from oss_cdn_refresh.products.tasks import TASK_ID_LENGTH
from oss_cdn_refresh.transport.credentials import Credentials
from oss_cdn_refresh.transport.session import Session
from oss_cdn_refresh_box import cdn as stand_in
from oss_cdn_refresh_box.account.gateway import Gateway
from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.wire.faults import Refusal
from oss_cdn_refresh_box.wire.serving import Request, Response, Server

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # the official SDK, on Python 3.12
)

ACCEPTED = Response(200, b'{"RefreshTaskId": "704222904,704222905", "RequestId": "R"}')
TRICKY = [url(path) for path in ("a%20b%2Bc.jpg", "a+b.jpg", "%E4%B8%AD.jpg", "*~!'().jpg", "x?a=1&b=2", "")]
KEY = Credentials("AK", "SECRET")
STS = Credentials("STS.AK", "SECRET", "CAIS+token/with=signs")


class Recorder:
    """A server that gives the same answer to every request, and stores the requests."""

    def __init__(self) -> None:
        self.answer = ACCEPTED
        self.seen: list[Request] = []

    def __call__(self, request: Request) -> Response:
        """Store the request, and answer."""
        self.seen.append(request)
        return self.answer


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def endpoint(recorder: Recorder) -> Iterator[str]:
    with Server(recorder) as server:
        yield server.url


Made = Callable[..., Client]


@pytest.fixture
def client(endpoint: str) -> Made:
    def make(who: Credentials = KEY, *, ignore_params_type: str = "IgnoreParams", at: str = endpoint) -> Client:
        clock = Clock(NOON)
        effects = Effects(clock.now, clock.now, clock.sleep, lambda low, _high: low)
        return Client(Peer(at, lambda: who, Session(), effects, set()), CDN, ignore_params_type)

    return make


def looked_up(client: Client, *submissions: Submission) -> list[Task]:
    """The tasks of all calls that the submissions need."""
    return [task for call in client.look_ups(submissions) for task in client.look_up(call, 5).tasks]


def batch(*urls: str, object_type: ObjectType = FILE, force: bool = False) -> Batch:
    return Batch(object_type, force, tuple(an_item(object_type, each) for each in urls))


def officially(endpoint: str, who: Credentials, **parameters: Any) -> None:
    """Make the same refresh call with the official SDK."""
    official_client(endpoint, who).refresh_object_caches(models.RefreshObjectCachesRequest(**parameters))


def official_client(endpoint: str, who: Credentials) -> Official:
    """The client of the official SDK."""
    config = Config(
        access_key_id=who.access_key_id,
        access_key_secret=who.access_key_secret,
        security_token=who.security_token or None,
        endpoint=endpoint.partition("://")[2],
        protocol="http",
    )
    return Official(config)


# Requests


@pytest.mark.parametrize("who", [KEY, STS], ids=["key", "STS"])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (batch(*TRICKY), {"object_type": "File"}),
        (batch(*TRICKY, object_type=DIRECTORY), {"object_type": "Directory"}),
        (batch(*TRICKY, object_type=DIRECTORY, force=True), {"object_type": "Directory", "force": True}),
        (batch(*TRICKY, object_type=IGNORE_PARAMS), {"object_type": "IgnoreParams"}),
    ],
    ids=["File", "Directory", "forced Directory", "IgnoreParams"],
)
def test_a_call_is_the_same_as_that_of_the_official_sdk(
    client: Made, endpoint: str, recorder: Recorder, ours: Batch, theirs: dict[str, Any], who: Credentials
) -> None:
    """The form is the same, and so are the signed headers, except those in which the SDK describes itself."""
    client(who).refresh(ours, 5)
    officially(endpoint, who, object_path="\n".join(TRICKY), **theirs)
    own, official = recorder.seen
    assert (own.method, own.path, own.query) == (official.method, official.path, official.query) == ("POST", "/", "")
    assert {name: value.lower() if name == "Force" else value for name, value in official.form.items()} == own.form
    for name in ("host", "content-type", "x-acs-action", "x-acs-version", "x-acs-security-token"):
        assert own.headers.get(name) == official.headers.get(name), name


@pytest.mark.parametrize("who", [KEY, STS], ids=["key", "STS"])
def test_our_signature_is_the_same_as_that_of_the_official_sdk(
    endpoint: str, recorder: Recorder, who: Credentials
) -> None:
    officially(endpoint, who, object_path="\n".join(TRICKY), object_type="File")
    (request,) = recorder.seen
    names = re.search("SignedHeaders=([^,]+)", request.headers["authorization"])
    assert names is not None
    assert request.headers["authorization"] == authorization(
        request.method,
        {name: request.headers[name] for name in names[1].split(";")},
        request.parameters,
        request.body,
        access_key_id=who.access_key_id,
        access_key_secret=who.access_key_secret,
    )


@given(st.text() | st.text(st.characters(max_codepoint=127)))
def test_a_text_is_form_encoded_as_by_python(text: str) -> None:
    assert form_encoded(text) == quote_plus(text)


def test_every_header_that_must_be_signed_is_signed(client: Made, recorder: Recorder) -> None:
    client(STS).refresh(batch(url()), 5)
    (request,) = recorder.seen
    own = {name.lower() for name in request.headers if name.lower().startswith("x-acs-")}
    names = re.search("SignedHeaders=([^,]+)", request.headers["authorization"])
    assert names is not None
    assert set(names[1].split(";")) == {*own, "host", "content-type"}
    assert request.headers["x-acs-content-sha256"] == hashlib.sha256(request.body).hexdigest()
    assert request.headers["x-acs-date"] == "2026-11-22T04:00:00Z"


def test_the_stand_in_cloud_accepts_a_call_of_every_type(client: Made) -> None:
    clock = Clock(NOON)
    with stand_in.Cdn(clock, ["www.example.com"]) as cdn:
        ours = client(at=cdn.url)
        ours.refresh(batch(*TRICKY[:5]), 5)
        ours.refresh(batch(url("d/"), object_type=DIRECTORY, force=True), 5)
        ours.refresh(batch(url("q"), object_type=IGNORE_PARAMS), 5)
    assert cdn.accepted == {
        *(("File", each) for each in TRICKY[:5]),
        ("Directory", url("d/")),
        ("IgnoreParams", url("q")),
    }
    assert [call.force for call in cdn.calls] == [False, True, False]


def test_a_key_without_a_token_sends_no_token(client: Made, recorder: Recorder) -> None:
    client(KEY).refresh(batch(url()), 5)
    assert "x-acs-security-token" not in recorder.seen[0].headers


def test_ignore_params_has_the_name_that_is_configured(client: Made, recorder: Recorder) -> None:
    client(ignore_params_type="ExQuery").refresh(batch(url(), object_type=IGNORE_PARAMS), 5)
    assert recorder.seen[0].form["ObjectType"] == "ExQuery"


def test_only_refresh_calls_are_counted(client: Made) -> None:
    ours = client()
    ours.refresh(batch(url()), 5)
    ours.quota(OBJECT_TYPES, 5)
    assert ours.requests == 1


# Answers


def test_an_accepted_call_returns_its_task_ids(client: Made) -> None:
    assert client().refresh(batch(url()), 5) == ("704222904", "704222905")


@pytest.mark.parametrize("task_id", [704222904, "704222904", " 704222904 ", "704222904,"], ids=repr)
def test_a_task_id_is_read_in_every_format(client: Made, recorder: Recorder, task_id: object) -> None:
    recorder.answer = Response(200, json.dumps({"RefreshTaskId": task_id}).encode())
    assert client().refresh(batch(url()), 5) == ("704222904",)


def test_the_quota_is_returned_by_object_type(client: Made) -> None:
    with stand_in.Cdn(Clock(NOON), quota=stand_in.Quota(urls=7, directories=8, ignore_params=9)) as cdn:
        returned = client(at=cdn.url).quota(OBJECT_TYPES, 5)
    assert returned == {FILE: Allowance(7, 7), DIRECTORY: Allowance(8, 8), IGNORE_PARAMS: Allowance(9, 9)}


def test_a_missing_or_invalid_number_of_the_quota_is_unknown(client: Made, recorder: Recorder) -> None:
    recorder.answer = Response(200, b'{"UrlRemain": "many", "DirRemain": 8}')
    assert client().quota(OBJECT_TYPES, 5) == {
        FILE: Allowance(None),
        DIRECTORY: Allowance(8),
        IGNORE_PARAMS: Allowance(None),
    }


def test_a_refusal_has_code_message_request_id_and_wait(client: Made) -> None:
    with stand_in.Cdn(Clock(NOON)) as cdn:
        cdn.faults.add(Refusal(429, "Throttling.User", "slower", {"x-acs-retry-after": "1500"}))
        with pytest.raises(CallRefused) as caught:
            client(at=cdn.url).refresh(batch(url()), 5)
    refusal = caught.value
    assert (refusal.verdict, refusal.code, refusal.message) == (Verdict.RETRY, "Throttling.User", "slower")
    assert (refusal.retry_after, refusal.date, refusal.retryable) == (1.5, NOON, True)
    assert refusal.request_id


def test_a_call_without_an_answer_is_marked_as_unanswered(client: Made) -> None:
    with stand_in.Cdn(Clock(NOON)) as cdn:
        pass
    with pytest.raises(CallRefused) as caught:
        client(at=cdn.url).refresh(batch(url()), 5)
    assert caught.value.unanswered
    assert caught.value.verdict is Verdict.RETRY


@pytest.mark.parametrize("more", [{}, {"Code": ""}, {"Code": None}, {"Code": 7}, {"Code": ["Throttling"]}], ids=repr)
def test_an_error_without_a_code_is_named_by_its_status(
    client: Made, recorder: Recorder, more: dict[str, object]
) -> None:
    recorder.answer = Response(500, json.dumps({"RequestId": "R", **more}).encode())
    with pytest.raises(CallRefused) as caught:
        client().refresh(batch(url()), 5)
    assert (caught.value.code, caught.value.request_id) == ("HTTP500", "R")


# Untrusted answers


HUGE = 1_000_000


def refused(client: Made, who: Credentials = KEY) -> CallRefused:
    with pytest.raises(CallRefused) as caught:
        client(who).refresh(batch(url()), 5)
    return caught.value


def answer(status: int = 400, headers: dict[str, str] | None = None, **body: object) -> Response:
    return Response(status, json.dumps(body).encode(), headers or {})


@pytest.mark.parametrize(
    ("code", "verdict"),
    [
        ("x" * HUGE, Verdict.UNKNOWN),
        ("x." * HUGE, Verdict.UNKNOWN),
        ("." * HUGE, Verdict.UNKNOWN),
        ("\u9577" * (HUGE // 2), Verdict.UNKNOWN),
        ("\ud800" * 1_000, Verdict.UNKNOWN),
        ("\x00\n\u2028" * 1_000, Verdict.UNKNOWN),
        ("Throttling" + ".x" * HUGE, Verdict.RETRY),
        ("InvalidObjectPath." + "x" * HUGE, Verdict.BAD_ITEM),
        ("InvalidParameter" * 1_000, Verdict.UNKNOWN),
        ("Throttling ", Verdict.UNKNOWN),
    ],
    ids=lambda value: ascii(str(value)[:20]),
)
def test_a_code_is_cut_before_it_is_looked_up_or_kept(
    client: Made, recorder: Recorder, code: str, verdict: Verdict
) -> None:
    recorder.answer = answer(Code=code)
    refusal = refused(client)
    assert (refusal.verdict, refusal.code) == (verdict, code[:CODE_LENGTH])


@pytest.mark.parametrize(
    "message", ["x" * HUGE, "\u9577" * (HUGE // 2), "\n" * HUGE, "9" * HUGE], ids=lambda text: ascii(text[:5])
)
def test_a_message_is_cut(client: Made, recorder: Recorder, message: str) -> None:
    recorder.answer = answer(Code="InvalidParameter", Message=message)
    assert refused(client).message == message[:MESSAGE_LENGTH]


@pytest.mark.parametrize("value", [None, [], {}, ["x"] * 1_000, {"x": "y"}, 1.5], ids=lambda value: repr(value)[:9])
def test_a_message_or_id_that_is_not_a_text_is_empty(client: Made, recorder: Recorder, value: object) -> None:
    recorder.answer = answer(Code="InvalidParameter", Message=value, RequestId=value)
    refusal = refused(client)
    assert (refusal.message, refusal.request_id) == ("", "")


@pytest.mark.parametrize("body", [{"Code": "InvalidParameter"}, {"RefreshTaskId": ""}], ids=["refused", "no task id"])
def test_a_request_id_is_cut(client: Made, recorder: Recorder, body: dict[str, object]) -> None:
    recorder.answer = answer(200, **body, RequestId="R" * HUGE)
    assert refused(client).request_id == "R" * REQUEST_ID_LENGTH


@pytest.mark.parametrize("body", [{"Code": "InvalidParameter"}, {"RefreshTaskId": ""}], ids=["refused", "no task id"])
def test_a_request_id_reveals_no_secret(client: Made, recorder: Recorder, body: dict[str, object]) -> None:
    """It does not reveal a part of a secret either, if the id is cut in the middle of one."""
    recorder.answer = answer(200, **body, RequestId="R" * (REQUEST_ID_LENGTH - 10) + STS.security_token)
    assert STS.security_token[:5] not in refused(client, STS).request_id


@pytest.mark.parametrize(
    ("returned", "kept"),
    [
        (",".join(map(str, range(HUGE // 4))), TASK_IDS),
        ("7," * HUGE, TASK_IDS),
        ("7" * HUGE, 1),
        (f"7,{'8' * HUGE},9", 2),
        (" , " * 10 + "7", 1),
        (int("7" * 1_000), 1),
        (-7, 1),
    ],
    ids=["numbers", "one number", "one long", "a long one in the middle", "blanks", "a long number", "below zero"],
)
def test_task_ids_are_bounded_in_number_and_length(
    client: Made, recorder: Recorder, returned: object, kept: int
) -> None:
    recorder.answer = answer(200, RefreshTaskId=returned)
    task_ids = client().refresh(batch(url()), 5)
    assert len(task_ids) == kept
    assert max(map(len, task_ids)) <= TASK_ID_LENGTH


def test_task_ids_reveal_no_secret(client: Made, recorder: Recorder) -> None:
    recorder.answer = answer(200, RefreshTaskId=f"7,{STS.security_token},{STS.access_key_secret}")
    assert client(STS).refresh(batch(url()), 5) == ("7", "***", "***")


def test_a_list_instead_of_a_text_of_task_ids_counts_as_no_task(client: Made, recorder: Recorder) -> None:
    recorder.answer = answer(200, RefreshTaskId=[7] * HUGE)
    assert refused(client).code == "NoTaskId"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2500", 2.5),
        (" 2500 ", 2.5),
        ("9" * 12, 999_999_999.999),
        ("9" * 13, 0.0),
        ("9" * 60_000, 0.0),
        ("-1", 0.0),
        ("1e9", 0.0),
        ("0x10", 0.0),
        ("\xb2", 0.0),
        ("", 0.0),
        ("2500, 2500", 0.0),
    ],
    ids=lambda value: str(value)[:10],
)
def test_a_requested_wait_is_a_short_whole_number(client: Made, recorder: Recorder, text: str, seconds: float) -> None:
    recorder.answer = answer(503, {"x-acs-retry-after": text}, Code="Throttling")
    assert refused(client).retry_after == seconds


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Sun, 22 Nov 2026 04:00:00 GMT", NOON),
        ("Sun, 22 Nov 2026 04:00:00 -0000", NOON),
        ("Sun, 22 Nov 2026 12:00:00 +0800", NOON),
        ("Sunday, 22-Nov-26 04:00:00 GMT", NOON),
        ("Sun, 22 Nov 2026 04:00:00 GMT" + " " * 60_000, None),
        ("Sun, 22 Nov 2026 04:00:00 (" + "x" * 100 + ") GMT", None),
        ("Sun, 22 Nov 99999 04:00:00 GMT", None),
        ("Sun, 22 Nov 2026 04:00:00 +999999999999", None),
        ("1795320000", None),
        ("soon", None),
        ("", None),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_time_of_an_answer_is_an_http_date(client: Made, recorder: Recorder, text: str, date: float | None) -> None:
    recorder.answer = answer(400, {"Date": text}, Code="InvalidTimeStamp.Expired")
    assert refused(client).date == date


@pytest.mark.parametrize("digits", ["9" * 5_000, "-" + "9" * HUGE, "1" + "0" * HUGE], ids=lambda text: text[:3])
def test_a_very_long_number_in_an_answer_does_not_hide_other_fields(
    client: Made, recorder: Recorder, digits: str
) -> None:
    """Python would need seconds to read it, or refuse the whole answer, depending on its version."""
    recorder.answer = Response(200, f'{{"RefreshTaskId": "7", "Odd": {digits}}}'.encode())
    assert client().refresh(batch(url()), 5) == ("7",)


def tasks(*rows: dict[str, object]) -> Response:
    return answer(200, TotalCount=len(rows), Tasks=list(rows))


def submission(*task_ids: str) -> Submission:
    return Submission(FILE, (url(),), task_ids, NOON)


ROW: dict[str, object] = {
    "TaskId": "704222904",
    "ObjectType": "file",
    "ObjectPath": url(),
    "Status": "Complete",
    "Process": "100%",
    "Description": "Internal Error",
    "CreationTime": "2026-11-22T04:00:00Z",
}


def test_tasks_are_looked_up_as_by_the_official_sdk(client: Made, recorder: Recorder, endpoint: str) -> None:
    recorder.answer = tasks()
    looked_up(client(STS), submission("704222904", "704222905"))
    official_client(endpoint, STS).describe_refresh_task_by_id(
        models.DescribeRefreshTaskByIdRequest(task_id="704222904,704222905")
    )
    ours, official = recorder.seen
    assert (ours.method, ours.path, ours.query, ours.body) == (
        official.method,
        official.path,
        official.query,
        official.body,
    )
    assert ours.headers["x-acs-action"] == official.headers["x-acs-action"] == "DescribeRefreshTaskById"


def test_a_look_up_is_signed_with_its_query(client: Made, recorder: Recorder) -> None:
    recorder.answer = tasks()
    looked_up(client(), submission("704222904", "704222905"))
    (request,) = recorder.seen
    Gateway(Clock(NOON), {"AK": "SECRET"}).admit(request, 60)


def test_a_look_up_asks_for_ten_distinct_ids_a_call(client: Made, recorder: Recorder) -> None:
    recorder.answer = tasks(ROW)
    ids = [str(number) for number in range(25)]
    found = looked_up(client(), submission(*ids[:20]), submission(*ids[10:]))
    assert [len(request.query.split("%2C")) for request in recorder.seen] == [10, 10, 5]
    assert len(found) == 3


@pytest.mark.parametrize("shape", [lambda rows: rows, lambda rows: {"CDNTask": rows}, lambda rows: {"Task": rows}])
def test_a_task_is_read_in_every_documented_shape(client: Made, recorder: Recorder, shape: Any) -> None:
    recorder.answer = answer(200, Tasks=shape([ROW, "no row"]))
    assert looked_up(client(), submission("704222904")) == [
        Task("704222904", "file", url(), "Complete", "100%", "Internal Error", "2026-11-22T04:00:00Z")
    ]


def test_a_task_without_a_field_has_an_empty_text_there(client: Made, recorder: Recorder) -> None:
    recorder.answer = tasks({"TaskId": 704222904, "Status": "Pending"})
    assert looked_up(client(), submission("704222904")) == [Task("704222904", "", "", "Pending", "", "", "")]


@pytest.mark.parametrize("value", [None, {}, "x", {"Tasks": []}, 7], ids=repr)
def test_an_answer_without_a_list_of_tasks_is_a_refusal(client: Made, recorder: Recorder, value: object) -> None:
    recorder.answer = answer(200, Tasks=value)
    with pytest.raises(CallRefused, match="NoTasks") as caught:
        looked_up(client(), submission("704222904"))
    assert caught.value.verdict is Verdict.RETRY


def test_a_look_up_does_not_count_as_a_refresh_request(client: Made, recorder: Recorder) -> None:
    recorder.answer = tasks()
    made = client()
    looked_up(made, submission("704222904"))
    assert made.requests == 0
