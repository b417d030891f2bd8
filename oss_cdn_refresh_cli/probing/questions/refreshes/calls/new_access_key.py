"""Can a new access key be unknown to the API for a moment?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="new-access-key",
    question=Text(
        en="Can an access key without an STS token be unknown to the API for a moment?",
        zh="不带 STS 令牌的 AccessKey 是否可能有一会儿不被 API 识别？",
    ),
    assumption=Text(
        en="yes: the function makes one more call, as for a key with an STS token",
        zh="是：会再请求一次，与带 STS 令牌的 AccessKey 相同",
    ),
    otherwise=Text(
        en="the function makes one needless call",
        zh="多请求一次",
    ),
    check=Text(
        en="make an access key of a RAM user, and run `oss-cdn-refresh quota` with it at once, and again a minute "
        "later: does only the first call answer `InvalidAccessKeyId.NotFound`?",
        zh="为一个 RAM 用户创建 AccessKey，立即用它执行 `oss-cdn-refresh quota`，一分钟后再执行一次："
        "是否只有第一次返回 `InvalidAccessKeyId.NotFound`？",
    ),
)
