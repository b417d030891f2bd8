"""Does IsBase64Decode false leave plain bodies as they are?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="plain-bodies",
    question=Text(
        en="Does `IsBase64Decode: false` leave plain bodies as they are?",
        zh="`IsBase64Decode: false` 会原样保留明文消息吗？",
    ),
    assumption=Text(
        en="yes; Base64 is understood as well",
        zh="是；Base64 也能读取",
    ),
    otherwise=Text(
        en="the message becomes a dead letter with `UnreadableEvent`",
        zh="消息成为死信，原因为 `UnreadableEvent`",
    ),
    check=Text(
        en="`oss-cdn-refresh probe --only reads-the-backlog`: the function read a plain message",
        zh="`oss-cdn-refresh probe --only reads-the-backlog`：函数读取了一条明文消息",
    ),
)
