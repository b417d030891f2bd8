"""Does a failed task use quota, and does its resubmission use quota again?"""

from collections.abc import Mapping

from oss_cdn_refresh.model.effects import timestamp
from oss_cdn_refresh.model.item import FILE
from oss_cdn_refresh.products import cdn
from oss_cdn_refresh.products.dcdn import client as dcdn
from oss_cdn_refresh.products.object_path import Names
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text
from oss_cdn_refresh_cli.probing.questions.tasks.looking import QUIET

NAMES: Mapping[str, Names] = {"cdn": cdn.NAMES, "dcdn": dcdn.NAMES}
FAILED: Mapping[str, str] = {"Status": "Failed"}
DAY, UTC_PLUS_8 = 86_400, 28_800  # seconds


def begin(account: Account, _notes: Notes) -> Later:
    """Check that a task of today failed, and let the other questions of the run submit their items."""
    if not _count(account, FAILED):
        raise NotTried("no task of today failed: run the probe on a day with a line refresh_failed")
    return Later(QUIET, {})


def look(account: Account, _notes: Notes) -> Answer:
    """Compare the used quota with the number of today's tasks, with and without the failed ones."""
    before = _used(account)
    every, failed = _count(account, {}), _count(account, FAILED)
    used = _used(account)
    if used != before:
        raise Unclear("somebody else refreshed URLs during this question: run the probe again")
    seen = f"{used} URLs of today's quota are used; today has {every} tasks of URLs, {failed} of them failed"
    if used == every:
        return as_assumed(seen)
    if used == every - failed:
        return otherwise(seen)
    raise Unclear(f"{seen}: the figures do not match, because something else uses quota")


def _used(account: Account) -> int:
    left, of_a_day = account.quotas()[FILE]
    if left is None or of_a_day is None:
        raise Unclear("the answer of the product has no quota of URLs for today")
    return of_a_day - left


def _count(account: Account, more: Mapping[str, str]) -> int:
    """How many tasks of URLs today has, since 00:00 UTC+8."""
    names, now = NAMES[account.place.target.product], account.effects.now()
    midnight = (now + UTC_PLUS_8) // DAY * DAY - UTC_PLUS_8
    period = {"StartTime": timestamp(midnight), "EndTime": timestamp(now + 1)}
    asked = {"ObjectType": "file", "PageSize": "1", **period, **more}
    total = account.call(names.list, names.version, query=asked).figure("TotalCount")
    if total is None:
        raise Unclear("the list of tasks has no TotalCount")
    return total


QUESTION = Question(
    name="failed-quota",
    question=Text(
        en="Does a failed task use quota, and does its resubmission use quota again?",
        zh="失败的任务是否占用配额，它的再次提交是否再占用一次？",
    ),
    assumption=Text(
        en="both use quota; a resubmission never takes the reserve",
        zh="两者都占用配额；重新提交从不使用保留的配额",
    ),
    otherwise=Text(
        en="more quota is left than the planner assumes",
        zh="剩余的配额比规划器认为的多",
    ),
    check=Text(
        en="`oss-cdn-refresh quota` before and after a `RefreshFailed` item is submitted",
        zh="在提交一个 `RefreshFailed` 的刷新项之前和之后执行 `oss-cdn-refresh quota`",
    ),
    steps=(begin, look),
    seconds=QUIET,
    products=frozenset({"cdn", "dcdn"}),
)
