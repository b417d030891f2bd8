"""Do the seven managed policies suffice for the user that deploys?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="deploying-rights",
    question=Text(
        en="Do the seven managed policies suffice for the RAM user that deploys?",
        zh="README 列出的七个系统策略足够部署用的 RAM 用户使用吗？",
    ),
    assumption=Text(
        en="yes; a narrower set is possible",
        zh="足够；还可以更小",
    ),
    otherwise=Text(
        en="the answer names the action that is missing",
        zh="应答会指出缺少的操作",
    ),
    check=Text(
        en="`make deploy` as that user",
        zh="以该用户运行 `make deploy`",
    ),
)
