"""Does OSS refuse a trigger with an event that its region does not list?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="events-by-region",
    question=Text(
        en="Does OSS refuse a trigger with `oss:ObjectModified:UpdateObjectMeta` in a region that does not "
        "list the event?",
        zh="在未列出 `oss:ObjectModified:UpdateObjectMeta` 的地域，OSS 会拒绝带该事件的触发器吗？",
    ),
    assumption=Text(
        en="yes: `make check-template` asks you to delete the line",
        zh="会：`make check-template` 要求删除该行",
    ),
    otherwise=Text(
        en="the line may stay",
        zh="该行可以保留",
    ),
    check=Text(
        en="deploy to such a region with the line, once",
        zh="保留该行，向这样的地域部署一次",
    ),
)
