"""Static website hosting of OSS in a box, asked for by the official library."""

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from oss_cdn_refresh_box.clock import Clock
from oss_cdn_refresh_box.oss import Oss, Website
from oss_cdn_refresh_box.oss.operations.buckets import pages

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "invalid escape sequence")  # in docstrings of oss2, met when it is compiled
    import oss2


@pytest.fixture
def oss() -> Iterator[Oss]:
    with Oss(Clock(1_800_000_000.0)) as oss:
        yield oss


def told(oss: Oss, name: str = "my-site", key: str = "SECRET") -> Any:
    session = oss2.Session()
    try:
        return oss2.Bucket(oss2.Auth("AK", key), oss.url, name, session=session).get_bucket_website()
    finally:
        session.session.close()


def test_the_pages_of_a_hosting_are_returned(oss: Oss) -> None:
    oss.websites["my-site"] = Website("home.htm", "404.htm")
    found = told(oss)
    assert (found.index_file, found.error_file, found.rules) == ("home.htm", "404.htm", [])


def test_fields_that_oss2_does_not_read_are_returned_too() -> None:
    document = "".join(map(str, pages(Website("index.html", "index.html", 200, sub_directories=True, kind=2))))
    assert "<SupportSubDir>true</SupportSubDir><Type>2</Type>" in document
    assert "<ErrorDocument><Key>index.html</Key><HttpStatus>200</HttpStatus></ErrorDocument>" in document


def test_a_hosting_may_have_an_error_page_alone(oss: Oss) -> None:
    oss.websites["my-site"] = Website("", "404.htm")
    assert told(oss).index_file is None


def test_a_bucket_without_hosting_has_no_such_configuration(oss: Oss) -> None:
    with pytest.raises(oss2.exceptions.NoSuchWebsite):
        told(oss)


def test_a_bucket_that_is_missing_has_no_website(oss: Oss) -> None:
    with pytest.raises(oss2.exceptions.NoSuchBucket):
        told(oss, "no-such-bucket")


def test_the_subresource_is_signed(oss: Oss) -> None:
    with pytest.raises(oss2.exceptions.SignatureDoesNotMatch):
        told(oss, key="WRONG")


def test_a_policy_may_deny_get_bucket_website(oss: Oss) -> None:
    oss.denied.add("website")
    with pytest.raises(oss2.exceptions.AccessDenied):
        told(oss)
