"""Is BatchSendMessage a right of its own?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="batch-right",
    question=Text(
        en="Is `mns:BatchSendMessage` a right of its own? SMQ's table counts it as `mns:SendMessage`, others list it",
        zh="`mns:BatchSendMessage` 是单独的权限吗？SMQ 的表格把它算作 `mns:SendMessage`，其他文档单独列出",
    ),
    assumption=Text(
        en="both are granted, so it does not matter",
        zh="两者都已授权，因此没有影响",
    ),
    otherwise=Text(
        en="`unaccounted` with `AccessDenied`",
        zh="出现带 `AccessDenied` 的 `unaccounted`",
    ),
    check=Text(
        en="the alarm `unaccounted`",
        zh="告警 `unaccounted`",
    ),
)
