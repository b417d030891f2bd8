"""Is a space in the keys of OSS's own report a plus sign?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="report-spaces",
    question=Text(
        en="Is a space in the keys of OSS's own report written as `+` or `%20`?",
        zh="OSS 清单报告中，键里的空格写作 `+` 还是 `%20`？",
    ),
    assumption=Text(
        en="either: both are read",
        zh="两者皆可：都能读取",
    ),
    otherwise=Text(
        en="nothing: both are read",
        zh="没有影响：都能读取",
    ),
    check=Text(
        en="`oss-cdn-refresh inventory --from manifest.json -o inventory.json` of a bucket with such keys",
        zh="对含这类键的 Bucket 运行 `oss-cdn-refresh inventory --from manifest.json -o inventory.json`",
    ),
)
