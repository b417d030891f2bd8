"""When does the event stream delete a message?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="deletion",
    question=Text(
        en="When does the event stream delete a message, before or after the function's answer?",
        zh="事件流何时删除消息：函数应答之前还是之后？",
    ),
    assumption=Text(
        en="either: the tests try both",
        zh="两者皆可：测试两种都试过",
    ),
    otherwise=Text(
        en="before: a crashed invocation is tried again by the stream; after: by the queue",
        zh="之前：崩溃的调用由事件流重试；之后：由队列重试",
    ),
    check=Text(
        en="`oss-cdn-refresh backlog` during a long run: `inactive` messages are still there",
        zh="在一次长时间运行期间执行 `oss-cdn-refresh backlog`：仍有 `inactive` 消息",
    ),
)
