"""What does the stream do after many 429 answers?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="refused-batches",
    question=Text(
        en="What does a synchronous event stream do after many 429 answers?",
        zh="同步的事件流在多次 429 之后会怎样？",
    ),
    assumption=Text(
        en="it retries as after any failure: 176 times in 24 h, then its dead-letter queue",
        zh="与其他失败一样重试：24 小时内 176 次，然后进入死信队列",
    ),
    otherwise=Text(
        en="if it retries forever, nothing changes; if it gives up sooner, dead letters come sooner: redrive",
        zh="如果一直重试，没有影响；如果更早放弃，死信会更早出现：重新投递",
    ),
    check=Text(
        en="[batches side by side](#batches-side-by-side), with `reservedConcurrency: 0` for an hour: "
        "`oss-cdn-refresh backlog` and `oss-cdn-refresh dead-letters list`",
        zh="按[多批并行](#多批并行)操作，并把 `reservedConcurrency` 设为 0 一小时：`oss-cdn-refresh backlog` "
        "和 `oss-cdn-refresh dead-letters list`",
    ),
)
