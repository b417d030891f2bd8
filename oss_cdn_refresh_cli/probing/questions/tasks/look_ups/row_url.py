"""How does a row of a task spell the URL?"""

from oss_cdn_refresh.model.confirmation import same
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.tasks.looking import noted, rows, submitted

LOOKS = 5
RAW, ENCODED = "a+b%20c[d].txt", "a+b%20c%5Bd%5D.txt"  # the first may be refused


def begin(account: Account, _notes: Notes) -> Later:
    """Refresh a URL with characters that can be spelled in several ways."""
    url, at = account.url("") + RAW, account.effects.now()
    raw = account.refresh(url)
    return Later(MINUTE, noted(raw, (url,), at) if raw.accepted else submitted(account, account.url("") + ENCODED))


def look(account: Account, notes: Notes) -> Answer | Later:
    """Compare the row with what was submitted."""
    notes["looks"] = notes.get("looks", 0) + 1
    (url,) = notes["urls"]
    found = [row.url for row in rows(account, notes)]
    if any(same(each) == same(url) for each in found):
        exact = "exactly as submitted" if url in found else "with another scheme or percent-encoding"
        return as_assumed(f"the row has the URL {exact}")
    if notes["looks"] < LOOKS:
        return Later(MINUTE, notes)
    if not found:
        raise Unclear(f"the id has no row after {LOOKS} minutes: run the probe again")
    return otherwise(f"{url} was submitted, the rows are {', '.join(sorted(set(found)))}", "confirm: {mode: never}")


QUESTION = Question(
    name="row-url",
    question=Text(
        en="How does a row of a task spell the URL?",
        zh="任务的行如何书写 URL？",
    ),
    assumption=Text(
        en="as submitted, except for the scheme and the percent-encoding",
        zh="与提交的相同，协议和百分号编码除外",
    ),
    otherwise=Text(
        en="such URLs are `unconfirmed` although they are fresh: `confirm: {mode: never}`",
        zh="这类 URL 已是新内容，却为 `unconfirmed`：设置 `confirm: {mode: never}`",
    ),
    check=Text(
        en="refresh `cache-test/a+[b].txt`, and look up its task",
        zh="刷新 `cache-test/a+[b].txt`，再查询它的任务",
    ),
    steps=(begin, *(look,) * LOOKS),
    cost=Cost(urls=2),
    seconds=LOOKS * MINUTE,
)
