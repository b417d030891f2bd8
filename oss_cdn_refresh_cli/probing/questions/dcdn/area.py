"""From which region does DCDN preload? The probe cannot answer it: it reaches nodes of one region."""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="dcdn-area",
    question=Text(
        en="From which region does DCDN preload (`Area`)? The SDK says overseas by default, the metadata says the "
        "domain's own region",
        zh="DCDN 预热哪个区域的节点（`Area`）？SDK 说默认为海外，元数据说为域名自己的区域",
    ),
    assumption=Text(
        en="the domain's own region: the function sends no `Area`",
        zh="域名自己的区域：函数不发送 `Area`",
    ),
    otherwise=Text(
        en="nodes of another region are warm",
        zh="预热的是另一个区域的节点",
    ),
    check=Text(
        en="`curl -sI` of a preloaded URL that nobody has requested, from both regions: which one says `X-Cache: HIT`",
        zh="从两个区域对预热后没有人请求过的 URL 执行 `curl -sI`：看哪个区域返回 `X-Cache: HIT`",
    ),
)
