"""Every page is there in English and in Chinese, and both say the same (languages.py compares them)."""

import re

import pytest
from languages import CHINESE, complaints, parts, switch, target, translation
from pages import PAGES, links

ENGLISH_ONLY = {
    "CHANGELOG.md": "a record of releases, which grows with each change and is read rarely",
}
BOTH_IN_ONE = {"docs/pypi.md": "PyPI shows one page"}
ENGLISH = [name for name in PAGES if not name.endswith(CHINESE) and name not in ENGLISH_ONLY | BOTH_IN_ONE]
TRANSLATED = [name for name in ENGLISH if translation(name) in PAGES]

REPLACED = {  # words that Chinese pages had beside the one of the glossary in CONTRIBUTING
    "自定义 Cache Key": "自定义缓存 Key",
    "缓存键": "缓存 Key",
    "访客": "访问者",
    "接入点": "Endpoint",
    "访问密钥": "AccessKey",
    "对象": "文件",
    "克隆": "仓库目录",
    "检出": "取出",
}
OTHER_MEANINGS = ("JSON 对象",)  # a word in REPLACED is right here

SMALL = {
    "docs/a.md": """# Title

English · [简体中文](a.zh-CN.md)

Look at `doctor`, see [the list](b.md#the-list). It takes 5 minutes.

- Nothing is lost.

## More

| code | meaning |
|---|---|
| `0` | done |
| `1` | stale |

```sh
make test  # all of them
```

The queue hides a message until its visibility timeout is over, so that no other reader receives the same message while
the first one still works on it. Then the message is visible again.
""",
    "docs/a.zh-CN.md": """# 标题

[English](a.md) · 简体中文

查看 `doctor`，见[列表](b.zh-CN.md#列表)。需要 5 分钟。

- 什么也不会丢失。

## 更多

| 退出码 | 含义 |
|---|---|
| `0` | 完成 |
| `1` | 旧内容 |

```sh
make test  # 全部
```

队列把消息隐藏到不可见时间结束为止，所以前一个读取者处理消息期间，其他读取者不会收到同一条消息。之后消息重新可见。
""",
    "docs/b.md": "# B\n\n## Before\n\n## The list\n",
    "docs/b.zh-CN.md": "# B\n\n## 之前\n\n## 列表\n",
}
FAULTS = [
    ("## 更多\n\n", "", "another part"),
    ("## 更多", "### 更多", "another part"),
    ("| `1` | 旧内容 |\n", "", "another part"),
    ("| `1` | 旧内容 |", "| `2` | 旧内容 |", "other code ['1', '2']"),
    ("| 退出码 | 含义 |\n|---|---|", "| 退出码 | 含义 | 说明 |\n|---|---|---|", "another part"),
    ("make test  #", "make tests  #", "another block"),
    ("  # 全部", "", "another block"),
    ("- 什么也不会丢失。\n\n", "", "another part"),
    ("查看 `doctor`，见", "见", "other code ['doctor']"),
    ("需要 5 分钟。", "", "no figure ['5']"),
    ("，所以前一个读取者处理消息期间，其他读取者不会收到同一条消息。之后消息重新可见", "", "much shorter"),
    ("b.zh-CN.md#列表", "b.md#the-list", "docs/b.md in English"),
    ("b.zh-CN.md#列表", "b.zh-CN.md#之前", "other links"),
    ("b.zh-CN.md#列表", "b.zh-CN.md", "other links"),
    ("[列表](b.zh-CN.md#列表)", "列表", "other links"),
    ("重新可见。\n", "重新可见。\n\n多出一段。\n", "only in one language: 更多: paragraph: 多出一段。"),
]


@pytest.mark.parametrize("name", ENGLISH)
def test_every_page_is_in_two_languages(name: str) -> None:
    assert translation(name) in PAGES


@pytest.mark.parametrize("name", ENGLISH_ONLY | BOTH_IN_ONE)
def test_a_page_that_is_in_one_file_has_no_translation(name: str) -> None:
    """When it has one, it is an exception no longer."""
    assert (name in PAGES, translation(name) in PAGES) == (True, False)


def test_every_chinese_page_has_an_english_one() -> None:
    assert {name for name in PAGES if name.endswith(CHINESE)} == {translation(name) for name in TRANSLATED}


@pytest.mark.parametrize("name", TRANSLATED)
def test_both_languages_say_the_same(name: str) -> None:
    assert complaints(PAGES, name) == []


@pytest.mark.parametrize("name", [*TRANSLATED, *map(translation, TRANSLATED)])
def test_every_page_links_its_other_language_below_the_title(name: str) -> None:
    assert (parts(PAGES[name])[0].kind, PAGES[name].splitlines()[1:4]) == ("h1", ["", switch(name), ""])


@pytest.mark.parametrize("name", list(map(translation, TRANSLATED)))
def test_a_chinese_page_says_which_links_lead_to_english_pages(name: str) -> None:
    marked = re.findall(r"\]\(([^)]+)\)(?=（英文）|，英文）)", PAGES[name])
    assert marked == [link for link in links(PAGES[name]) if target(PAGES, name, link)[0] in ENGLISH_ONLY]


@pytest.mark.parametrize("word", REPLACED)
@pytest.mark.parametrize("name", list(map(translation, TRANSLATED)))
def test_a_chinese_page_has_one_word_for_one_thing(name: str, word: str) -> None:
    page = re.sub("|".join(OTHER_MEANINGS), "", PAGES[name])
    assert [line for line in page.splitlines() if word in line] == [], f"the word is {REPLACED[word]}"


def test_two_pages_that_say_the_same_are_accepted() -> None:
    assert complaints(SMALL, "docs/a.md") == []


@pytest.mark.parametrize(("before", "after", "complaint"), FAULTS, ids=[fault[-1] for fault in FAULTS])
def test_a_difference_is_found(before: str, after: str, complaint: str) -> None:
    changed = SMALL["docs/a.zh-CN.md"].replace(before, after)
    (found,) = complaints({**SMALL, "docs/a.zh-CN.md": changed}, "docs/a.md")
    assert complaint in found
