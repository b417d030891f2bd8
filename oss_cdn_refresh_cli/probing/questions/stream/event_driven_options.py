"""What do the options of a run mean for a trigger in event-driven mode?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="event-driven-options",
    question=Text(
        en="Do `retryStrategy` and `deadLetterQueue` of `runOptions` count in `event-driven` mode?",
        zh="`runOptions` 的 `retryStrategy` 和 `deadLetterQueue` 在 `event-driven` 模式下有效吗？",
    ),
    assumption=Text(
        en="yes; the asynchronous call has the function's own retries and failure destination, too",
        zh="有效；异步调用另有函数自己的重试和失败目标",
    ),
    otherwise=Text(
        en="nothing: the function's own failure destination is the dead-letter queue as well",
        zh="没有影响：函数自己的失败目标也是死信队列",
    ),
    check=Text(
        en="let the function fail on a test deployment of the [example](recipes/eventbridge.md): "
        "`oss-cdn-refresh dead-letters list`",
        zh="在[示例](recipes/eventbridge.zh-CN.md)的测试部署中让函数失败：`oss-cdn-refresh dead-letters list`",
    ),
)
