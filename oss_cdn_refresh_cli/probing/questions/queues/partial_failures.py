"""Which status has a batch of which some messages failed?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="partial-failures",
    question=Text(
        en="Which status has a batch of which some messages failed?",
        zh="部分消息失败的批次，HTTP 状态码是什么？",
    ),
    assumption=Text(
        en="any: the body decides",
        zh="任意：以应答正文为准",
    ),
    otherwise=Text(
        en="nothing: the status is not read",
        zh="没有影响：不读取状态码",
    ),
    check=Text(
        en="no one can make a batch fail in part: look at the answer when it happens",
        zh="无法人为制造部分失败：发生时查看应答",
    ),
)
