"""Does ossutil 2.x write its list as 1.7 does?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="ossutil-lists",
    question=Text(
        en="Does ossutil 2.x write its list as 1.7 does?",
        zh="ossutil 2.x 的列表格式与 1.7 相同吗？",
    ),
    assumption=Text(
        en="yes",
        zh="相同",
    ),
    otherwise=Text(
        en="the command names the line that it cannot read: list the bucket itself",
        zh="命令会指出无法读取的行：让命令自己列举 Bucket",
    ),
    check=Text(
        en="`ossutil ls -s oss://my-site/ > listed.txt`, then `oss-cdn-refresh inventory --from listed.txt -o "
        "inventory.json`",
        zh="`ossutil ls -s oss://my-site/ > listed.txt`，再运行 `oss-cdn-refresh inventory --from listed.txt "
        "-o inventory.json`",
    ),
)
