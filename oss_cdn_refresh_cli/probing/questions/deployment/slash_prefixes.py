"""Does a native trigger whose prefix begins with a slash never fire?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="slash-prefixes",
    question=Text(
        en="Does a native trigger whose prefix begins with `/` never fire?",
        zh="前缀以 `/` 开头的原生触发器永远不会触发吗？",
    ),
    assumption=Text(
        en="yes: `make check-template` and `doctor` report it",
        zh="是：`make check-template` 和 `doctor` 会报告",
    ),
    otherwise=Text(
        en="the finding of `make check-template` and `doctor` is needless",
        zh="`make check-template` 和 `doctor` 的报告是多余的",
    ),
    check=Text(
        en="a test trigger with the prefix `/a/`, and an upload of `a/b.txt`",
        zh="用前缀 `/a/` 建一个测试触发器，上传 `a/b.txt`",
    ),
)
