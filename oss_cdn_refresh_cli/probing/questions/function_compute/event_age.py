"""How long do asynchronous events wait?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="event-age",
    question=Text(
        en="How long do asynchronous events wait? The template says 7 days, the maximum; another page speaks "
        "of 5 hours of retries for throttled ones",
        zh="异步事件最多等待多久？模板设置为最大值 7 天；另一页文档说被限流的事件重试 5 小时",
    ),
    assumption=Text(
        en="7 days",
        zh="7 天",
    ),
    otherwise=Text(
        en="after 5 hours of a burst, events are dropped or go to the failure destination: "
        "`REFRESH_DELIVERY=batched` makes such bursts short",
        zh="突发持续 5 小时后，事件被丢弃或进入失败目标：`REFRESH_DELIVERY=batched` 能缩短这样的突发",
    ),
    check=Text(
        en="a burst of 100,000 uploads, and the metrics of dropped events",
        zh="一次上传 100,000 个文件，查看丢弃事件的指标",
    ),
)
