"""How are the 64 KB of a batch counted?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="batch-bytes",
    question=Text(
        en="How are 64 KB of a batch counted?",
        zh="一批消息的 64 KB 如何计算？",
    ),
    assumption=Text(
        en="the whole HTTP body has 65,536 bytes at most, escaped XML included",
        zh="整个 HTTP 请求体最多 65,536 字节，包含转义后的 XML",
    ),
    otherwise=Text(
        en="nothing: a batch could hold a little more",
        zh="没有影响：每批本可以再大一点",
    ),
    check=Text(
        en="send two messages with an SDK whose bodies have 65,000 bytes together: SMQ refuses them if it "
        "counts the whole HTTP body",
        zh="用 SDK 一次发送两条正文共 65,000 字节的消息：如果 SMQ 计算整个 HTTP 请求体，就会拒绝",
    ),
)
