"""What do the dead records of the stream look like?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="dead-records",
    question=Text(
        en="What do the stream's own dead records look like?",
        zh="事件流自己写入的失败记录是什么样子？",
    ),
    assumption=Text(
        en="a bare message, a CloudEvent or an array: each can be read and redriven",
        zh="单条消息、CloudEvent 或数组：每种都能读取并重新投递",
    ),
    otherwise=Text(
        en="`list` shows the source `unknown`, and `UnknownRecord`",
        zh="`list` 显示来源 `unknown` 和 `UnknownRecord`",
    ),
    check=Text(
        en="a test deployment with a broken `config.yml` and `PushRetryStrategy: BACKOFF_RETRY`, which gives "
        "up within a minute; put a message into its backlog, then `oss-cdn-refresh dead-letters list`",
        zh="在测试部署中写一个错误的 `config.yml`，并设置 `PushRetryStrategy: BACKOFF_RETRY`，一分钟内就会放弃"
        "；向积压队列写入一条消息，再运行 `oss-cdn-refresh dead-letters list`",
    ),
)
