"""Which events of OSS does EventBridge bring?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="eventbridge-events",
    question=Text(
        en="Does EventBridge bring `oss:ObjectRemoved:DeleteObjects` and "
        "`oss:ObjectModified:UpdateObjectMeta`? Its list of OSS's events has neither",
        zh="EventBridge 会传递 `oss:ObjectRemoved:DeleteObjects` 和 `oss:ObjectModified:UpdateObjectMeta` 吗？"
        "它的 OSS 事件列表中没有这两个",
    ),
    assumption=Text(
        en="perhaps not: the [example](recipes/eventbridge.md) asks for both",
        zh="可能不会：[示例](recipes/eventbridge.zh-CN.md)订阅了两者",
    ),
    otherwise=Text(
        en="such changes are not refreshed: use the OSS trigger",
        zh="这类变更不会刷新：请使用 OSS 触发器",
    ),
    check=Text(
        en="delete two objects at once on a test deployment of the example, and look for them in the log",
        zh="在示例的测试部署中一次删除两个文件，在日志中查找它们",
    ),
)
