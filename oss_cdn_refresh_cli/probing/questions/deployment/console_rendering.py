"""Does the console render the application package as s init does?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="console-rendering",
    question=Text(
        en="Does the console render [the application package](application.md#what-is-not-confirmed) as `s init` does?",
        zh="控制台渲染[应用包](application.zh-CN.md#尚未证实)的方式与 `s init` 相同吗？",
    ),
    assumption=Text(
        en="no assumption",
        zh="没有假设",
    ),
    otherwise=Text(
        en="`functions/config.yml` is missing, and the functions stop at their start",
        zh="缺少 `functions/config.yml`，函数在启动时停止",
    ),
    check=Text(
        en="create an application from a version `dev`",
        zh="用版本 `dev` 创建一个应用",
    ),
)
