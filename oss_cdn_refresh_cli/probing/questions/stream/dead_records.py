"""What do the dead records of the stream look like?

The dead letters of the deployment tell it. They stay where they are.
"""

from collections import Counter
from typing import Any

from oss_cdn_refresh.events.message_format import BACKLOG, CONFIRMATION
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.account.deployed import dead_letters
from oss_cdn_refresh_cli.probing.account.messages import read
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, NotTried, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text
from oss_cdn_refresh_cli.queues import records
from oss_cdn_refresh_cli.queues.dead_letter import DeadLetter, dead_letter

OF_THE_BACKLOG = (BACKLOG, CONFIRMATION)  # a record with such a message inside is the stream's, whatever its form


def look(account: Account, _notes: Notes) -> Answer:
    """See which forms the records of the stream have."""
    with dead_letters(account.operation) as queue:
        letters = [dead_letter(message) for message in read(queue, lambda _message: False)]
    unknown = [letter for letter in letters if _is_unknown(letter)]
    if unknown:
        return otherwise(f"a record of the stream has the form {_form(unknown[0].record.value)}, which is not known")
    forms = Counter(_form(letter.record.value) for letter in letters if letter.source == records.STREAM)
    if not forms:
        what = f"none of the dead letters ({len(letters)}) comes from the event stream"
        raise NotTried(f"{what}: run it when `oss-cdn-refresh dead-letters list` shows one")
    return as_assumed(", ".join(f"{form}: {count}" for form, count in forms.most_common()))


def _is_unknown(letter: DeadLetter) -> bool:
    is_the_streams = any(kind in letter.message.body for kind in OF_THE_BACKLOG)
    return letter.record.source == records.UNKNOWN and is_the_streams


def _form(value: Any) -> str:
    """The form of a record, without its contents."""
    if isinstance(value, list):
        return f"array of {_form(value[0])}" if value else "empty array"
    if not isinstance(value, dict):
        return "no JSON" if value is None else type(value).__name__
    if "specversion" in value:
        return "CloudEvent"
    if "messageBody" in value:
        return "RawData"
    return "bare message" if "kind" in value or "events" in value else f"object with {', '.join(sorted(value))}"


QUESTION = Question(
    name="dead-records",
    question=Text(
        en="What do the stream's own dead records look like?",
        zh="事件流自己写入的失败记录是什么样子？",
    ),
    assumption=Text(
        en="a bare message, a CloudEvent or an array: each can be read and redriven",
        zh="单条消息、CloudEvent 或数组：每种都能读取并放回",
    ),
    otherwise=Text(
        en="`list` shows the source `unknown`, and `UnknownRecord`",
        zh="`list` 显示来源 `unknown` 和 `UnknownRecord`",
    ),
    check=Text(
        en="a test deployment with a broken `config.yml` and `PushRetryStrategy: BACKOFF_RETRY`, which gives "
        "up within a minute; put a message into its backlog, then `oss-cdn-refresh dead-letters list`",
        zh="在测试部署中写一个错误的 `config.yml`，并设置 `PushRetryStrategy: BACKOFF_RETRY`，一分钟内就会放弃"
        "；向积压队列写入一条消息，再运行 `oss-cdn-refresh dead-letters list`",
    ),
    steps=(look,),
)
