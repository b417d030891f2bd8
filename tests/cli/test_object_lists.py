"""Lists of objects, one a line."""

import pytest

from oss_cdn_refresh_cli.planning import object_lists
from oss_cdn_refresh_cli.shared.errors import Failed


def objects(text: str | bytes) -> list[tuple[str, str]]:
    body = text.encode() if isinstance(text, str) else text
    parts = [line.removeprefix("oss://").partition("/") for line in object_lists.read(body, "list")]
    return [(bucket, key) for bucket, _, key in parts]


@pytest.mark.parametrize(
    "line",
    [
        "oss://my-site/a b/c.jpg",
        "my-site/a b/c.jpg",
        "\ufeffmy-site/a b/c.jpg",
        "my-site/a b/c.jpg\r",
        "\n\nmy-site/a b/c.jpg\n\n",
    ],
)
def test_a_line_is_an_object(line: str) -> None:
    assert objects(line) == [("my-site", "a b/c.jpg")]


KEYS = [
    "页面/a.html",
    "100%/a",
    "a//b",
    "/a",
    "dir/",
    " a ",
    "a?b#c&d",
    "my-site/a",
    "oss://my-site/a",
    "a\tb",
    "a\u2028b",
]


@pytest.mark.parametrize("key", [*KEYS, "a\x0bb", "a\rb"])
def test_a_key_is_read_unchanged(key: str) -> None:
    lines = f"oss://my-site/{key}\noss://my-site/z"
    assert objects(lines) == [("my-site", key), ("my-site", "z")]


@pytest.mark.parametrize(
    "end",
    [
        "Object Number is: 1\n\n0.172532(s) elapsed\n",  # 1.7, lib/ls.go
        "Object Number is:1\n0.252174(s) elapsed",  # the page "ls"
        "Object Number is: 1\r\n\r\n4.96 (s) elapsed\r\n",
        "",
    ],
)
def test_the_last_lines_of_ossutil_are_skipped(end: str) -> None:
    assert objects(f"oss://my-site/a\n{end}") == [("my-site", "a")]


def test_listings_of_several_buckets_may_follow_each_other() -> None:
    lines = "oss://one/a\noss://one/b\nObject Number is: 2\n\n0.1(s) elapsed\noss://two/a\none/c\n"
    assert objects(lines) == [("one", "a"), ("one", "b"), ("two", "a"), ("one", "c")]


def test_a_bucket_whose_name_begins_like_another_is_another() -> None:
    assert objects("my-site/a\nmy-site-2/a\nmy-site/b") == [("my-site", "a"), ("my-site-2", "a"), ("my-site", "b")]


def test_a_long_list_comes_whole_and_in_its_order() -> None:
    """The list is longer than a block."""
    keys = [f"dir/{number:07}-页.jpg" for number in range(150_000)]
    text = "".join(f"oss://my-site/{key}\n" for key in keys)
    assert len(text) > 2 * object_lists.BLOCK
    assert objects(text) == [("my-site", key) for key in keys]


def test_a_line_may_be_longer_than_what_is_split_at_once() -> None:
    key = "a" * (object_lists.BLOCK + 1)
    assert objects(f"b1/x\nb1/{key}\nb1/y\n") == [("b1", "x"), ("b1", key), ("b1", "y")]


def test_an_empty_list_has_no_objects() -> None:
    assert objects("") == objects("\n") == []


@pytest.mark.parametrize(
    "line",
    [
        "nothing",
        "oss://",
        "oss://my-site",
        "oss://my-site/",
        "oss:///a",
        "/home/a",
        "https://www.example.com/a",
        "2019-05-30 14:23:51 +0800 CST         1030      Standard   4A902D176BE0EE4224BC196BBB8CCC69      oss://bucket/a",
        "Object and Directory Number is: 2",
        "Error: oss: service returned error: StatusCode=403",
        "UPPER/a",
    ],
)
def test_a_line_without_an_object_is_refused_with_its_number(line: str) -> None:
    with pytest.raises(Failed) as error:
        objects(f"my-site/a\nmy-site/b\n{line}\nmy-site/c\n")
    assert str(error.value).startswith(f'list: line 3: "{line[:70]}')
    assert "write oss://bucket/key, one a line, as ossutil ls -s does" in str(error.value)


def test_a_bucket_without_a_key_among_objects_is_refused() -> None:
    with pytest.raises(Failed, match='list: line 2: "oss://my-site/" names no object'):
        objects("oss://my-site/a\noss://my-site/\noss://my-site/b")


def test_a_wrong_line_after_100000_lines_is_refused_with_its_number() -> None:
    with pytest.raises(Failed, match='list: line 100001: "nothing"'):
        objects("oss://my-site/dir/name.html\n" * 100_000 + "nothing\n")


def test_a_line_that_is_not_utf_8_is_refused_with_its_number() -> None:
    with pytest.raises(Failed, match="list: line 2: it is not UTF-8"):
        objects(b"my-site/a\nmy-site/\xff\n")
