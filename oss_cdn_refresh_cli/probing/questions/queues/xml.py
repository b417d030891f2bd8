"""How does SMQ answer with a body that XML cannot carry?

The character U+0001 is sent as it is and as a reference: a client may write either.
"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text
from oss_cdn_refresh_cli.probing.questions.queues.posting import batch, element, posting

FORMS = ("\x01", "&#1;")


def send(account: Account, _notes: Notes) -> Answer:
    """Send both forms, and see how the queue gives them back."""
    with posting(account) as queue:
        codes = [queue.taken(batch([element(f"{queue.mark} a{form}b")])) for form in FORMS]
        if all(codes):
            return otherwise(f"SMQ refuses such a message ({codes[0]}), so no queue has one")
        found = queue.delivered()
        bodies = [message.body.removeprefix(queue.mark).strip() for message in found]
    if any(message.fault for message in found):
        return as_assumed("SMQ returns the character unchanged, in XML that no parser accepts")
    if not found:
        raise Unclear("SMQ took the message, but did not return it: run the probe again")
    return otherwise(f"SMQ changes such a body: a message with U+0001 between a and b came as {bodies[0]!r}")


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
        en="nothing where SMQ refuses or changes such a body; else `oss-cdn-refresh dead-letters list` ends with "
        "`the answer is not SMQ's`",
        zh="如果 SMQ 拒绝或改变这样的正文，没有影响；否则 `oss-cdn-refresh dead-letters list` 以 "
        "`the answer is not SMQ's` 结束",
    ),
    check=Text(
        en="put a message with the character U+0001 into a test queue with an SDK, then `oss-cdn-refresh "
        "dead-letters list --dead-letter-queue NAME`",
        zh="用 SDK 向测试队列写入一条含字符 U+0001 的消息，再运行 `oss-cdn-refresh dead-letters list "
        "--dead-letter-queue NAME`",
    ),
    steps=(send,),
)
