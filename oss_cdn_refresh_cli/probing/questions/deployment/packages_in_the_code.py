"""Are packages in the code folder imported rather than those of the runtime?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="packages-in-the-code",
    question=Text(
        en="Are packages in the code folder imported rather than the runtime's own? The [application "
        "package](application.md) has them there",
        zh="代码目录中的包会优先于运行环境自带的包吗？[应用包](application.zh-CN.md)把包放在那里",
    ),
    assumption=Text(
        en="yes, as from a layer",
        zh="会，与层中的包一样",
    ),
    otherwise=Text(
        en="the runtime's own versions are used, which may be older",
        zh="使用运行环境自带的版本，可能较旧",
    ),
    check=Text(
        en='`python3 -c "import yaml; print(yaml.__file__)"` in an instance (`s refresh instance exec`)',
        zh='在一个实例中运行 `python3 -c "import yaml; print(yaml.__file__)"`（`s refresh instance exec`）',
    ),
)
