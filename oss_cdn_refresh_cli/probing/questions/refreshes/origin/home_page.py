"""What does `/docs/` show while sub-directory home pages are off?"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text
from oss_cdn_refresh_cli.probing.questions.refreshes.origin import website

OK = 200
REDIRECTS = range(300, 400)
DIRECTORY, OWN = "docs/", "docs/{}"


def look(account: Account, _notes: Notes) -> Answer:
    """Ask the edge for a directory that has a home page of its own, and see which page it shows."""
    home = website.of(account).home
    if not home:
        raise NotTried(f"{account.place.bucket} has no home page: give a test bucket that has one")
    page = account.bucket.get_object(home).read()
    own = f"the page of a directory, not {home} of the bucket"
    account.put(OWN.format(home), own)
    served = account.get(account.url(DIRECTORY))
    if served.body == own.encode():
        raise NotTried("sub-directory home pages are on: give a test bucket that has them off")
    if served.status == OK and served.body == page:
        return as_assumed(f"a URL that ends with a slash shows {home} of the bucket, with status 200")
    if served.status in REDIRECTS:
        return otherwise(f"a URL that ends with a slash is a redirect, {served.status} to {served.header('Location')}")
    raise Unclear(f"the edge answers {served.status} and another page: is the bucket private, or the URL rewritten?")


QUESTION = Question(
    name="home-page",
    question=Text(
        en="What does `/docs/` show while sub-directory home pages are off: the page of the root, or a redirect to it?",
        zh="未开通子目录首页时，`/docs/` 展示什么：根目录的首页，还是重定向到它？",
    ),
    assumption=Text(en="the page with status 200, under its own URL", zh="首页本身，状态码 200，使用自己的 URL"),
    otherwise=Text(en="the `also` rule with a directory is not needed", zh="不需要带目录的 `also` 规则"),
    check=Text(en="`curl -sI` of such a URL", zh="对这样的 URL 执行 `curl -sI`"),
    steps=(look,),
)
