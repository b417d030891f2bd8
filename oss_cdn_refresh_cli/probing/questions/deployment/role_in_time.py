"""Does the role exist when the functions are made?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="role-in-time",
    question=Text(
        en="Does the role exist when the functions are made? The stack is deployed before them",
        zh="创建函数时角色已经存在吗？资源栈先于函数部署",
    ),
    assumption=Text(
        en="yes",
        zh="是",
    ),
    otherwise=Text(
        en="run `s deploy` again",
        zh="再运行一次 `s deploy`",
    ),
    check=Text(
        en="the first `make deploy`",
        zh="第一次 `make deploy`",
    ),
)
