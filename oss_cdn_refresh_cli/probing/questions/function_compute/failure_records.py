"""Is the failure record of an event below 64 KB complete?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="failure-records",
    question=Text(
        en="Is the failure record of an event below 64 KB always complete?",
        zh="64 KB 以下事件的失败记录总是完整的吗？",
    ),
    assumption=Text(
        en="yes: a native event is small, the queue trigger is synchronous",
        zh="是：原生事件很小，队列触发器是同步的",
    ),
    otherwise=Text(
        en="the platform drops the record: the metric of failed destinations shows it",
        zh="平台丢弃该记录：失败目标的指标能看到",
    ),
    check=Text(
        en="on a test deployment, let an event of 60 KB fail: `oss-cdn-refresh dead-letters list`",
        zh="在测试部署中让一个 60 KB 的事件失败：`oss-cdn-refresh dead-letters list`",
    ),
)
