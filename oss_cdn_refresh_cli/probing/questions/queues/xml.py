"""How does SMQ answer with a body that XML cannot carry?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="characters-outside-xml",
    question=Text(
        en="How does SMQ answer with a message whose body XML cannot carry, such as a control character?",
        zh="对于 XML 无法承载的消息正文（例如控制字符），SMQ 如何应答？",
    ),
    assumption=Text(
        en="unchanged, in XML that no parser accepts: the command reads such an answer message by message, "
        "and shows the message as `UnreadableMessage`, which can be dropped",
        zh="原样返回，因此 XML 无法被解析：命令逐条读取这样的应答，把该消息显示为 `UnreadableMessage`，可以删除",
    ),
    otherwise=Text(
        en="`oss-cdn-refresh dead-letters list` ends with `the answer is not SMQ's`",
        zh="`oss-cdn-refresh dead-letters list` 以 `the answer is not SMQ's` 结束",
    ),
    check=Text(
        en="put a message with the character U+0001 into a test queue with an SDK, then `oss-cdn-refresh "
        "dead-letters list --dead-letter-queue NAME`",
        zh="用 SDK 向测试队列写入一条含字符 U+0001 的消息，再运行 `oss-cdn-refresh dead-letters list "
        "--dead-letter-queue NAME`",
    ),
)
