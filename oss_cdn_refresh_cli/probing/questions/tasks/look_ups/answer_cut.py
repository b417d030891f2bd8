"""Does the answer of a look-up leave out rows if ids have many rows?"""

from oss_cdn_refresh.model.confirmation import same
from oss_cdn_refresh.products.tasks import IDS_PER_CALL, URLS_PER_CALL
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text
from oss_cdn_refresh_cli.probing.questions.tasks.looking import rows, submitted

CALLS = 2
EACH = URLS_PER_CALL // CALLS  # URLs, as many as one call takes
LOOKS = 5
PAUSE = MINUTE + 10.0  # older pages allow 1,000 URLs a minute and domain


def begin(account: Account, _notes: Notes) -> Later:
    """Submit the first 1,000 URLs; no objects are needed."""
    return Later(PAUSE, _submitted(account, 0))


def go_on(account: Account, notes: Notes) -> Later:
    """Submit the next 1,000 URLs."""
    more = _submitted(account, 1)
    both = {name: notes[name] + more[name] for name in ("urls", "ids")}
    return Later(PAUSE, {**notes, **both})


def look(account: Account, notes: Notes) -> Answer | Later:
    """Look up all of them in one call; wait some minutes for rows that are not visible yet."""
    notes["looks"] = notes.get("looks", 0) + 1
    if len(notes["ids"]) > IDS_PER_CALL:
        raise Unclear(f"the calls have {len(notes['ids'])} ids, too many for one look-up")
    ours = {same(url) for url in notes["urls"]}
    found = rows(account, {**notes, "urls": notes["urls"][:1]})  # of one URL, all ids fit into one call
    shown = len(ours & {same(row.url) for row in found})
    if shown >= URLS_PER_CALL:
        return as_assumed(f"one answer has the rows of all {URLS_PER_CALL:,} URLs")
    if notes["looks"] < LOOKS:
        return Later(MINUTE, notes)
    if not shown:
        raise Unclear(f"the answer has no row after {LOOKS} minutes: run the probe again")
    return otherwise(f"one answer has {shown:,} rows for {URLS_PER_CALL:,} URLs", "limits: {urls_per_call: 100}")


def _submitted(account: Account, call: int) -> Notes:
    return submitted(account, *(account.url(f"{call * EACH + number}.txt") for number in range(EACH)))


QUESTION = Question(
    name="look-up-cut",
    question=Text(
        en="Does DescribeRefreshTaskById leave out rows if the ids have many rows? Its answer has no pages",
        zh="ID 有很多行时，DescribeRefreshTaskById 的应答会缺少一些行吗？它不分页",
    ),
    assumption=Text(
        en="no, up to 2,000 of our URLs: one call never asks for more",
        zh="2,000 个 URL 以内不会，一次请求最多查询这么多",
    ),
    otherwise=Text(
        en="URLs without a row are `unconfirmed`: `limits: {urls_per_call: 100}` gives shorter answers",
        zh="没有对应行的 URL 为 `unconfirmed`：设置 `limits: {urls_per_call: 100}` 使应答变短",
    ),
    check=Text(
        en="a call with 1,000 URLs, then compare `TotalCount` with the number of `Tasks`",
        zh="用一次请求提交 1,000 个 URL，再比较 `TotalCount` 与 `Tasks` 的行数",
    ),
    steps=(begin, go_on, *(look,) * LOOKS),
    cost=Cost(urls=URLS_PER_CALL),
    seconds=CALLS * PAUSE + LOOKS * MINUTE,
    products=frozenset({"cdn", "dcdn"}),
)
