"""OSS in a box refuses a request that asks for more than it does, in the form of OSS."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from oss_clients import bucket, refusal, two_objects

from oss_cdn_refresh_box.oss import Oss
from oss_cdn_refresh_box.wire.markup import parse


@pytest.fixture
def oss() -> Iterator[Oss]:
    with two_objects() as oss:
        yield oss


@pytest.fixture
def events(oss: Oss) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    oss.subscribe(events.append)
    return events


@pytest.mark.parametrize(
    ("method", "key", "parameters", "answer"),
    [
        ("POST", "a", {"append": ""}, (400, "MissingArgument")),
        ("POST", "a", {"append": "", "position": ""}, (400, "InvalidArgument")),
        ("POST", "a", {"append": "", "position": "-1"}, (400, "InvalidArgument")),
        ("POST", "a", {"append": "", "position": "²"}, (400, "InvalidArgument")),
        ("POST", "new", {"append": "", "position": "9" * 5_000}, (400, "InvalidArgument")),
        ("POST", "", {"delete": ""}, (400, "MalformedXML")),
        ("POST", "a", {"delete": ""}, (501, "NotImplemented")),
        ("POST", "a", {}, (405, "MethodNotAllowed")),
        ("POST", "", {}, (405, "MethodNotAllowed")),
        ("PUT", "a", {"symlink": ""}, (400, "InvalidObjectName")),
        ("PUT", "a", {"partNumber": "1"}, (501, "NotImplemented")),
        ("PUT", "a", {"uploadId": "1", "acl": ""}, (501, "NotImplemented")),
        ("PUT", "a", {"symlink": "", "acl": ""}, (501, "NotImplemented")),
        ("PUT", "a", {"whatever": "1"}, (501, "NotImplemented")),
        ("PUT", "a", {"ACL": ""}, (501, "NotImplemented")),
        ("PUT", "a", {"security-token": ""}, (501, "NotImplemented")),
        ("PUT", "", {"whatever": "1"}, (501, "NotImplemented")),
        ("DELETE", "a", {"whatever": "1"}, (501, "NotImplemented")),
        ("DELETE", "", {"objectMeta": ""}, (501, "NotImplemented")),
        ("GET", "", {"whatever": ""}, (501, "NotImplemented")),
        ("GET", "", {"uploads": ""}, (501, "NotImplemented")),
        ("GET", "a", {"x-oss-whatever": ""}, (501, "NotImplemented")),
        ("GET", "a", {"X-Oss-Process": "style/s"}, (501, "NotImplemented")),
        ("HEAD", "", {}, (405, "MethodNotAllowed")),
        ("OPTIONS", "a", {"acl": ""}, (501, "NotImplemented")),
        ("PATCH", "a", {}, (405, "MethodNotAllowed")),
    ],
)
def test_a_parameter_that_changes_the_operation_is_refused(
    oss: Oss,
    events: list[dict[str, Any]],
    method: str,
    key: str,
    parameters: dict[str, str],
    answer: tuple[int, str],
) -> None:
    before = oss.objects("my-site")
    with bucket(oss) as signed:
        assert refusal(signed._do, method, "my-site", key, params=parameters) == answer  # noqa: SLF001 - any request
    assert (oss.objects("my-site"), events) == (before, [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-oss-object-acl", "private"),
        ("x-oss-object-acl", "public-read-write"),
        ("x-oss-storage-class", "Archive"),
        ("x-oss-server-side-encryption", "AES256"),
        ("x-oss-tagging", "a=b"),
        ("x-oss-callback", "e30="),
    ],
)
def test_a_header_that_asks_for_more_is_refused(oss: Oss, events: list[dict[str, Any]], name: str, value: str) -> None:
    before = oss.objects("my-site")
    with bucket(oss) as owner:
        headers = {name: value}
        for call, arguments in (
            (owner.put_object, ("a", b"")),
            (owner.append_object, ("log", 0, b"")),
            (owner.copy_object, ("my-site", "b", "a")),
            (owner.init_multipart_upload, ("a",)),
            (owner.put_symlink, ("b", "a")),
        ):
            assert refusal(call, *arguments, headers=headers) == (501, "NotImplemented")
    assert (oss.objects("my-site"), events) == (before, [])


@pytest.mark.parametrize(
    "headers",
    [{"x-oss-object-acl": "default"}, {"x-oss-object-acl": "public-read"}, {"x-oss-storage-class": "Standard"}],
)
def test_a_header_that_asks_for_the_default_is_accepted(oss: Oss, headers: dict[str, str]) -> None:
    with bucket(oss) as owner:
        owner.put_object("a", b"new", headers=headers)
    assert oss.objects("my-site")["a"].body == b"new"


@pytest.mark.parametrize("value", ["a\r\nSet-Cookie: x", "a\nb", "a\x00b"])
def test_a_header_of_the_answer_has_one_line(oss: Oss, value: str) -> None:
    parameters = {"response-content-type": value}
    answer = requests.get(f"{oss.url}/my-site/a", params=parameters, timeout=5)
    assert (answer.status_code, answer.cookies.get_dict()) == (400, {})


def test_a_web_page_may_have_parameters_of_its_own(oss: Oss) -> None:
    assert requests.get(f"{oss.url}/my-site/a?v=2&utm_source=x", timeout=5).content == b"hello"


def test_listing_the_parts_of_an_upload_needs_a_key(oss: Oss) -> None:
    with bucket(oss) as signed:
        upload = signed.init_multipart_upload("a").upload_id
    assert requests.get(f"{oss.url}/my-site/a?uploadId={upload}", timeout=5).status_code == 403


def test_the_refusal_has_the_form_of_oss_and_names_the_subresource(oss: Oss) -> None:
    answer = requests.get(f"{oss.url}/my-site/a?acl", timeout=5)
    error = {child.tag: child.text for child in parse(answer.content)}
    assert (answer.status_code, error["Code"]) == (501, "NotImplemented")
    assert (error["Message"], error["RequestId"]) == (
        "This stand-in does not model GET with acl.",
        answer.headers["x-oss-request-id"],
    )


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
def test_a_request_for_no_bucket_is_refused(oss: Oss, method: str) -> None:
    with bucket(oss) as signed:
        assert refusal(signed._do, method, "", "") == (501, "NotImplemented")  # noqa: SLF001 - any request
