"""Can the right to look up tasks be granted for single domains? Only a role with such a right can answer it."""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="look-up-right",
    question=Text(
        en="Can the right to look up tasks be granted for single domains? Documents of the two APIs disagree",
        zh="查询任务的权限能否只授予某些域名？两个 API 的文档互相矛盾",
    ),
    assumption=Text(
        en="no: the role may look up all tasks of the account",
        zh="否：角色可以查询账号的所有任务",
    ),
    otherwise=Text(en="the right could be narrower", zh="权限可以更小"),
    check=Text(
        en="a RAM user whose policy has `cdn:DescribeRefreshTaskById` on one domain only: `aliyun cdn "
        "DescribeRefreshTaskById --TaskId 704222904` as this user is refused, or answered",
        zh="建一个 RAM 用户，其策略只在一个域名上有 `cdn:DescribeRefreshTaskById`：以该用户执行 `aliyun cdn "
        "DescribeRefreshTaskById --TaskId 704222904`，看被拒绝还是得到应答",
    ),
)
