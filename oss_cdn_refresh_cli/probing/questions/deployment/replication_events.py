"""Does fc3 take ObjectReplication events?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="replication-events",
    question=Text(
        en="Does fc3's OSS trigger take `ObjectReplication` events? Its schema does not know them",
        zh="fc3 的 OSS 触发器接受 `ObjectReplication` 事件吗？它的 schema 中没有",
    ),
    assumption=Text(
        en="no: these events come as notifications",
        zh="不接受：它们以通知的形式到达",
    ),
    otherwise=Text(
        en="the template can name these events",
        zh="可以在模板中写这些事件",
    ),
    check=Text(
        en="add `oss:ObjectReplication:ObjectCreated` to the trigger of a test deployment, and deploy it",
        zh="在测试部署的触发器中加入 `oss:ObjectReplication:ObjectCreated`，然后部署",
    ),
)
