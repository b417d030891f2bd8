"""What the document of a probe shows of the account."""

import pytest

from oss_cdn_refresh.model.item import Target
from oss_cdn_refresh_cli.probing.account import PREFIX, Place
from oss_cdn_refresh_cli.probing.report import masked

PLACE = Place("my-site", "www.example.com", Target("esa", "12345"), queue="notified")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("oss://my-site/a: NoSuchBucket", "oss://BUCKET/a: NoSuchBucket"),
        ("my-site.oss-cn-hangzhou.aliyuncs.com refuses", "BUCKET.oss-cn-hangzhou.aliyuncs.com refuses"),
        ("the domain WWW.Example.com is offline", "the domain DOMAIN is offline"),
        ("example.com is no site", "DOMAIN is no site"),
        ("probe-1.www.example.com is unknown", "probe-1.DOMAIN is unknown"),
        ("queue notified: QueueNotExist", "queue QUEUE: QueueNotExist"),
        ("site 12345 is unknown", "site SITE is unknown"),
        ("12,345 URLs are left", "12,345 URLs are left"),
        ("task 704222904 failed", "task ID failed"),
        ("request 5C3D9175B6FC201293AD4E94", "request ID"),
        ("request E0C2EF95-B1EC-4C93-855E-2059A7DA2B7B", "request ID"),
        ("key LTAI5tExample, token STS.NUabc", "key ID, token ID"),
        (
            "https://1234567890123456.mns.cn-hangzhou.aliyuncs.com: no",
            "https://ACCOUNT.mns.cn-hangzhou.aliyuncs.com: no",
        ),
        (f"https://www.example.com/{PREFIX}r/a%2Bb.txt: 403", f"https://DOMAIN/{PREFIX}r/a%2Bb.txt: 403"),
        ("the rows are http://www.example.com/secret.pdf, http://other.example/b", "the rows are URL, URL"),
    ],
)
def test_names_of_the_account_are_masked(text: str, shown: str) -> None:
    assert masked(text, PLACE, "1234567890123456") == shown


@pytest.mark.parametrize("bucket", ["old", "are", "pre"])
def test_a_bucket_with_a_short_name_does_not_destroy_other_words(bucket: str) -> None:
    place = PLACE._replace(bucket=bucket)
    text = "folders, preloads, shared caches"
    assert masked(text, place, "") == text


def test_texts_without_a_place_are_masked_too() -> None:
    assert masked("task 704222904 of https://www.example.com/a", None, "") == "task ID of URL"
