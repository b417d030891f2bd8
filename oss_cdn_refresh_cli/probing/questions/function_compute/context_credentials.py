"""Does python3.12 have no context.credentials?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="context-credentials",
    question=Text(
        en="Does python3.12 have no `context.credentials`?",
        zh="python3.12 没有 `context.credentials` 吗？",
    ),
    assumption=Text(
        en="it may be missing: the function reads the environment then",
        zh="可能没有：函数这时读取环境变量",
    ),
    otherwise=Text(
        en="nothing: both are read",
        zh="没有影响：两者都会读取",
    ),
    check=Text(
        en="a second deployment with `runtime: python3.12`",
        zh="用 `runtime: python3.12` 再部署一份",
    ),
)
