"""Does the CDN have one copy for all spellings of a URL?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Later, Notes, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import EFFECT, LATE, Cost, Question, Text, once_more

OBJECTS = {  # an object's name, and two spellings of it
    "a+b.txt": ("a+b.txt", "a%2Bb.txt"),
    "c~d.txt": ("c~d.txt", "c%7Ed.txt"),
    "e[f.txt": ("e[f.txt", "e%5Bf.txt"),
    "g/h.txt": ("g%2Fh.txt", "g%2fh.txt"),
}
OLD, NEW = "old", "new"


def _urls(account: Account, name: str) -> list[str]:
    folder = account.url("")
    return [folder + spelled for spelled in OBJECTS[name]]


def begin(account: Account, _notes: Notes) -> Later:
    """Let the edge cache both spellings of each object, change the objects, and refresh the first spelling."""
    tried = []
    for name in OBJECTS:
        urls = _urls(account, name)
        account.replace(name, OLD, NEW, urls)
        if account.refresh(urls[0]).accepted:
            tried.append(name)
    if not tried:
        raise Unclear("the product accepted none of the URLs")
    return Later(EFFECT, {"tried": tried})


def look(account: Account, notes: Notes) -> Answer | Later:
    """Check whether the second spelling is fresh too; one that is not may be late."""
    same: list[str] = []
    apart: list[str] = []
    for name in notes["tried"]:
        first, second = (account.is_new(url, OLD, NEW) for url in _urls(account, name))
        if not first:
            raise Unclear(f"{OBJECTS[name][0]} was refreshed and is still old after 6 minutes: run the probe again")
        (same if second else apart).append(" and ".join(OBJECTS[name]))
    if apart and (later := once_more(notes)):
        return later
    if not same:
        return as_assumed(f"each has its own copy: {', '.join(apart)}")
    return otherwise(f"one copy for: {', '.join(same)}", "" if apart else "spellings: browser")


QUESTION = Question(
    name="spellings",
    question=Text(
        en="Does the CDN normalise how a URL is spelled: `%2B` and `+`, `%7E` and `~`, `%5B` and `[`, upper and lower "
        "case in `%2f`?",
        zh="CDN 是否会统一 URL 的写法：`%2B` 与 `+`、`%7E` 与 `~`、`%5B` 与 `[`、`%2f` 的大小写？",
    ),
    assumption=Text(
        en="no: each spelling has its own copy; lower-case hex only where `spellings` has `lower`",
        zh="否：每种写法各有一份副本；只有 `spellings` 含 `lower` 时才提交小写十六进制的写法",
    ),
    otherwise=Text(
        en="the function wastes quota; `spellings: browser` saves it",
        zh="会浪费配额；设置 `spellings: browser` 可以节省",
    ),
    check=Text(
        en="let the CDN cache `a+b.txt` and `a%2Bb.txt`, change the object, refresh `a+b.txt`, wait, and request both",
        zh="让 CDN 缓存 `a+b.txt` 和 `a%2Bb.txt`，修改该文件，只刷新 `a+b.txt`，等待后再请求两者",
    ),
    steps=(begin, look, look),
    cost=Cost(urls=len(OBJECTS)),
    seconds=LATE,
    needs_old_copies=True,
)
