"""Does a Directory refresh without Force leave old headers on a copy whose bytes did not change?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.account.trying import A_DAY
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import EFFECT, LATE, Cost, Question, Text, once_more

NAME = "page.txt"
WITNESS = "witness.txt"  # the bytes of this object change: its copy shows whether the refresh had an effect
BODY, OLD, NEW = "same", "old", "new"
TYPE = "Content-Type"
OLD_TYPE, NEW_TYPE = "text/plain", "text/markdown"


def begin(account: Account, _notes: Notes) -> Later:
    """Let the edge cache an object, change its headers only, and refresh its directory without Force."""
    url = account.url(NAME)
    account.put(NAME, BODY, {TYPE: OLD_TYPE})
    account.fill_cache(url, BODY)
    account.bucket.update_object_meta(account.key(NAME), {TYPE: NEW_TYPE, **A_DAY})
    if _type(account, url) != OLD_TYPE:
        raise Unclear(f"{url}: the edge serves the new header without a refresh: give it a cache rule of a day")
    account.replace(WITNESS, OLD, NEW, [account.url(WITNESS)])
    called = account.refresh(account.url(""), object_type="Directory")
    called.expect("the product refused the directory: {}")
    return Later(EFFECT, {})


def look(account: Account, notes: Notes) -> Answer | Later:
    """See which header the edge serves now; an old one may be late."""
    if not account.is_new(account.url(WITNESS), OLD, NEW):
        raise Unclear("an object with new bytes is still old after 6 minutes: run the probe again")
    found = _type(account, account.url(NAME))
    if found == OLD_TYPE:
        what = "the copy with new bytes is fresh, the copy with a new Content-Type has the old one"
        return once_more(notes) or as_assumed(what)
    if found != NEW_TYPE:
        raise Unclear(f"the edge answers with {TYPE} {found}, which is neither the old one nor the new one")
    return otherwise("the new Content-Type is served after a refresh of the directory without Force")


def _type(account: Account, url: str) -> str:
    served = account.get(url)
    if served.body != BODY.encode():
        raise Unclear(
            f"{url}: the edge answered {served.status}, and another body than the object's: run the probe again"
        )
    return served.header(TYPE).partition(";")[0].strip().lower()


QUESTION = Question(
    name="directory-headers",
    question=Text(
        en="After a Directory refresh without `Force`, does a node keep a copy with its old headers if OSS "
        "answers 304?",
        zh="不带 `Force` 刷新目录之后，如果 OSS 返回 304，节点是否保留副本及其旧的响应头？",
    ),
    assumption=Text(
        en="yes: a directory for objects of which only headers changed is sent with `Force`",
        zh="是：如果文件只有响应头变化，目录刷新会带上 `Force`",
    ),
    otherwise=Text(
        en="such a directory does not need `Force`",
        zh="这样的目录刷新不需要 `Force`",
    ),
    check=Text(
        en="change the `Content-Type` of a test object, refresh its directory without `--Force`, wait, and look at "
        "`curl -sI`",
        zh="修改一个测试文件的 `Content-Type`，不带 `--Force` 刷新所在目录，等待后查看 `curl -sI` 的输出",
    ),
    steps=(begin, look, look),
    cost=Cost(directories=1),
    seconds=LATE,
    needs_old_copies=True,
)
