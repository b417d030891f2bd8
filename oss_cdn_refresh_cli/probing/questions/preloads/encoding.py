"""Which copy does a preload warm: that of visitors who accept gzip, or every copy?"""

from http import HTTPStatus

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import MINUTE, Cost, Question, Text

COMPRESSIBLE = "the same line again\n" * 500  # 10 KB: products compress from 1 KB on
PRELOADED = 10 * MINUTE  # documents say 5 to 30 minutes, by size
# One object for each encoding, so that the visit of one does not cache the other.
ENCODINGS = {"a.txt": "gzip", "b.txt": "identity"}


def begin(account: Account, _notes: Notes) -> Later:
    """Preload two objects that nobody has visited."""
    for name in ENCODINGS:
        account.put(name, COMPRESSIBLE, {"Content-Type": "text/plain"})
    called = account.preload(*map(account.url, ENCODINGS))
    called.expect("the preload was refused ({})")
    return Later(PRELOADED, {})


def look(account: Account, _notes: Notes) -> Answer:
    """Visit one with gzip, the other without."""
    zipped, plain = (account.get(account.url(name), {"Accept-Encoding": each}) for name, each in ENCODINGS.items())
    if {zipped.status, plain.status} != {HTTPStatus.OK}:
        raise Unclear(f"the edge answered {zipped.status} with gzip and {plain.status} without: run the probe again")
    if not zipped.hit:
        raise Unclear(
            "the copy for gzip is no cache hit 10 minutes after the preload: run the probe again at another time"
        )
    if plain.hit:
        return otherwise("the copies with and without gzip are both warm")
    return as_assumed("the copy for gzip is warm, the one without is not")


QUESTION = Question(
    name="preload-encoding",
    question=Text(
        en="Which copy does a preload warm? The default header is `Accept-Encoding: gzip`",
        zh="预热的是哪一份缓存？默认请求头为 `Accept-Encoding: gzip`",
    ),
    assumption=Text(
        en="the copy for gzip: other encodings are fetched for their first visitor",
        zh="gzip 的那一份：其他编码由第一个访问者回源获取",
    ),
    otherwise=Text(
        en="nothing: the first visitor is fast with every encoding",
        zh="没有影响：无论哪种编码，第一个访问者都能很快得到内容",
    ),
    check=Text(
        en="`curl -sI` of two preloaded URLs that nobody has visited: one with `Accept-Encoding: gzip`, one without it",
        zh="对两个没有人访问过的预热 URL 执行 `curl -sI`：一个带 `Accept-Encoding: gzip`，一个不带",
    ),
    steps=(begin, look),
    cost=Cost(preloads=len(ENCODINGS)),
    seconds=PRELOADED,
    is_timed=True,
)
