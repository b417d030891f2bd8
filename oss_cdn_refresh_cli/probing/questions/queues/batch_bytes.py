"""How are the 64 KB of a batch counted?

Two bodies that have less than 64 KB together, in a request that has more, tell it; two smaller ones are taken.
"""

from oss_cdn_refresh.events.message_format import REQUEST_BYTES
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text
from oss_cdn_refresh_cli.probing.questions.queues.posting import batch, element, posting

SMALL, LARGE = 32_600, 32_740  # bytes of each of two bodies: the request has less than 64 KB, and more


def send(account: Account, _notes: Notes) -> Answer:
    """Send both batches."""
    with posting(account) as queue:

        def of(size: int) -> bytes:
            return batch([element(queue.mark.ljust(size, "x"))] * 2)

        if refused := queue.taken(of(SMALL)):
            what = f"SMQ refuses a batch of {len(of(SMALL)):,} bytes as well ({refused})"
            raise Unclear(f"{what}: give a queue whose MaximumMessageSize is {REQUEST_BYTES:,}")
        code = queue.taken(of(LARGE))
    sizes = f"two bodies of {2 * LARGE:,} bytes together, in a request of {len(of(LARGE)):,} bytes"
    return as_assumed(f"SMQ refuses {sizes} ({code})") if code else otherwise(f"SMQ takes {sizes}")


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
    steps=(send,),
)
