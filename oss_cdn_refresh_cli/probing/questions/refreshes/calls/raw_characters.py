"""Does the API accept URLs with characters that browsers leave as they are, although RFC 3986 does not allow them?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Cost, Question, Text

CHARACTERS = "[]|^"
SETTING = "spellings: [component, encoded]"


def look(account: Account, _notes: Notes) -> Answer:
    """Submit a plain URL, then a URL for each character."""
    plain = account.refresh(account.url("a.txt"))
    plain.expect("the product refuses a plain URL, too: {}")
    folder = account.url("")
    refused = {
        character: called.code
        for character in CHARACTERS
        if not (called := account.refresh(f"{folder}a{character}b.txt")).takes
    }
    if not refused:
        return as_assumed(f"URLs with {' '.join(CHARACTERS)} are accepted")
    shown = ", ".join(f"{character} ({code})" for character, code in refused.items())
    return otherwise(f"a plain URL is accepted, URLs with these are refused: {shown}", SETTING)


QUESTION = Question(
    name="raw-characters",
    question=Text(
        en="Does the API accept `[`, `]`, <code>&#124;</code> and `^` in a URL as they are?",
        zh="API 是否接受 URL 中未编码的 `[`、`]`、<code>&#124;</code> 和 `^`？",
    ),
    assumption=Text(en="yes, as browsers send them", zh="是，与浏览器发送的一样"),
    otherwise=Text(
        en="such URLs are dead letters (`ObjectPath.Malformed`), all others are refreshed: "
        "`spellings: [component, encoded]`",
        zh="这样的 URL 成为死信（`ObjectPath.Malformed`），其他 URL 照常刷新：`spellings: [component, encoded]`",
    ),
    check=Text(
        en="`aliyun cdn RefreshObjectCaches --ObjectPath 'https://www.example.com/cache-test/a[1].txt'`",
        zh="`aliyun cdn RefreshObjectCaches --ObjectPath 'https://www.example.com/cache-test/a[1].txt'`",
    ),
    steps=(look,),
    cost=Cost(urls=1 + len(CHARACTERS)),
)
