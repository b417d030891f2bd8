"""Does fc3 skip every trigger behind an unchanged eventbridge trigger?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="skipped-triggers",
    question=Text(
        en="Does fc3 skip every trigger behind an unchanged eventbridge trigger?",
        zh="fc3 会跳过排在未变化的 eventbridge 触发器之后的所有触发器吗？",
    ),
    assumption=Text(
        en="yes: eventbridge triggers are the last ones of their functions",
        zh="会：因此 eventbridge 触发器排在最后",
    ),
    otherwise=Text(
        en="any order works",
        zh="任何顺序都可以",
    ),
    check=Text(
        en="deploy twice, with a changed trigger behind the trigger `backlog`: is it changed online?",
        zh="部署两次，第二次修改排在触发器 `backlog` 之后的触发器：线上改变了吗？",
    ),
)
