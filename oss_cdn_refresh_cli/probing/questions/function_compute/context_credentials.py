"""Does python3.12 have no context.credentials?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="context-credentials",
    question=Text(
        en="Does python3.12 have no `context.credentials`?",
        zh="python3.12 没有 `context.credentials` 吗？",
    ),
    assumption=Text(
        en="perhaps: the function then reads the credentials from the environment",
        zh="可能没有：这时函数从环境变量读取凭证",
    ),
    otherwise=Text(
        en="nothing: the function reads both",
        zh="没有影响：两者都会读取",
    ),
    check=Text(
        en="a second deployment with `runtime: python3.12`",
        zh="用 `runtime: python3.12` 再部署一份",
    ),
)
