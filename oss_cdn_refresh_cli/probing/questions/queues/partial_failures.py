"""Which status has a batch of which some messages failed?

A priority that SMQ does not have (17 of 16; SMQ API, "SendMessage") makes one of two messages a bad one.
"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, NotTried, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text
from oss_cdn_refresh_cli.probing.questions.queues.posting import batch, element, posting

BAD = "<Priority>17</Priority>"


def send(account: Account, _notes: Notes) -> Answer:
    """Send a good and a bad message, and see which one the queue has."""
    with posting(account) as queue:
        status, results = queue.results(batch([element(f"{queue.mark} good"), element(f"{queue.mark} bad", BAD)]))
        delivered = queue.delivered()
    if sorted(results) == ["ErrorCode", "MessageId"]:
        return as_assumed(f"the status is {status}, and the body has a result for each message")
    if delivered and not results:
        return otherwise(f"the status is {status}: a message is in the queue, and the body does not say so")
    what = "takes both messages" if results else "refuses the whole batch"
    raise NotTried(f"SMQ {what} ({status}), so no batch failed in part: look at the answer when it happens")


QUESTION = Question(
    name="partial-failures",
    question=Text(
        en="Which status has a batch of which some messages failed?",
        zh="部分消息失败的批次，HTTP 状态码是什么？",
    ),
    assumption=Text(
        en="any: the body has a result for each message, and decides",
        zh="任意：应答正文有每条消息的结果，以它为准",
    ),
    otherwise=Text(
        en="messages that were taken are sent again: they are refreshed twice",
        zh="已收下的消息会再次发送：刷新两次",
    ),
    check=Text(
        en="send two messages with an SDK, one of them with the priority 17, and look at the answer",
        zh="用 SDK 一次发送两条消息，其中一条的优先级为 17，查看应答",
    ),
    steps=(send,),
)
