"""How long are the pauses between retries?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="retry-pauses",
    question=Text(
        en="How long are the pauses between retries?",
        zh="两次重试之间间隔多久？",
    ),
    assumption=Text(
        en="no assumption",
        zh="没有假设",
    ),
    otherwise=Text(
        en="nothing depends on it",
        zh="没有任何东西依赖它",
    ),
    check=Text(
        en="let the function fail on a test deployment, for example by a broken `config.yml`, and compare the "
        "times of its invocations",
        zh="在测试部署中让函数失败（例如写错 `config.yml`），比较各次调用的时间",
    ),
)
