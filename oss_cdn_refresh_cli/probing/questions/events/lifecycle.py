"""Do lifecycle rules fire no event?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="lifecycle",
    question=Text(
        en="Do lifecycle rules fire no event? No list has one",
        zh="生命周期规则不会触发事件吗？没有任何事件列表包含它",
    ),
    assumption=Text(
        en="no event",
        zh="不触发",
    ),
    otherwise=Text(
        en="such events would be refreshed",
        zh="这类事件会被正常刷新",
    ),
    check=Text(
        en="a rule of one day on a test prefix, then look for the keys in the log a day later",
        zh="给一个测试前缀设置一天的规则，一天后在日志中查找这些键",
    ),
)
