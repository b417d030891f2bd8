"""Does a failure of the initializer count as one of the invocation?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="initializer-failures",
    question=Text(
        en="Does a failure of the initializer count as a failure of the invocation?",
        zh="初始化函数失败是否算作调用失败？",
    ),
    assumption=Text(
        en="unknown: the handler checks the configuration, too",
        zh="未知：handler 也会检查配置",
    ),
    otherwise=Text(
        en="nothing: the event is tried again in either case",
        zh="没有影响：两种情况下事件都会重试",
    ),
    check=Text(
        en="a broken `config.yml`: is there a dead letter after the retries?",
        zh="写错 `config.yml`：重试之后有死信吗？",
    ),
)
