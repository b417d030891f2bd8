"""Does OSS answer a conditional request for an error page with a 304?"""

from oss_cdn_refresh_cli.edge.audit.edge import NO_HEADERS
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.account.visitor import Visitor
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, NotTried, Unclear, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text
from oss_cdn_refresh_cli.probing.questions.refreshes.origin import website

MISSING = "no-such-page"
NOT_MODIFIED = 304


def look(account: Account, _notes: Notes) -> Answer:
    """Ask the bucket's own domain for a missing page, and again with the ETag of the answer."""
    if not website.of(account).error:
        raise NotTried(f"{account.place.bucket} has no error page: give a test bucket that has one")
    url, visitor = website.public_url(account, MISSING), Visitor(account.operation.settings.seconds, None)
    first = visitor.get(url, NO_HEADERS)
    etag = first.header("ETag")
    if not etag:
        what = f"OSS answers {first.status} without an ETag for a missing page"
        raise Unclear(f"{what}: is the bucket public-read, and its public endpoint open?")
    second = visitor.get(url, {"If-None-Match": etag})
    if second.status == NOT_MODIFIED:
        return otherwise(f"the error page comes with {first.status}, and a conditional request for it gets a 304")
    if (second.status, second.body) != (first.status, first.body):
        raise Unclear(
            f"OSS answers {first.status} first, and {second.status} with another page when asked with its ETag"
        )
    return as_assumed(f"a conditional request for the error page gets {second.status} and the whole page")


QUESTION = Question(
    name="error-page",
    question=Text(
        en="Does OSS answer a conditional request for an error page as it does for an object, with a 304?",
        zh="对错误页的条件请求，OSS 是否像对普通文件一样返回 304？",
    ),
    assumption=Text(
        en="no: [website hosting](website-hosting.md#a-home-page-under-every-path) recommends a short TTL for a "
        "single-page app",
        zh="否：[静态网站托管](website-hosting.zh-CN.md#首页出现在所有路径下)建议单页应用使用较短的缓存时间",
    ),
    otherwise=Text(en="the `also` rule with a directory suffices", zh="带目录的 `also` 规则就足够了"),
    check=Text(
        en="`curl -sI https://www.example.com/no-such-page -H 'If-None-Match: \"…\"'` with the ETag of its first "
        "answer, sent to the bucket's own domain",
        zh="`curl -sI https://www.example.com/no-such-page -H 'If-None-Match: \"…\"'`，使用第一次响应的 "
        "ETag，发送到 Bucket 自己的域名",
    ),
    steps=(look,),
)
