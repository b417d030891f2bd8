"""Which characters of a policy does RAM count?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="policy-length",
    question=Text(
        en="Which characters of a policy does RAM count: with or without the spaces between its parts?",
        zh="RAM 计算策略长度时，是否包含各部分之间的空格？",
    ),
    assumption=Text(
        en="with a space after each comma and colon",
        zh="每个逗号和冒号后的空格也计算在内",
    ),
    otherwise=Text(
        en="a few more domains fit into the first policy",
        zh="第一个策略还能多容纳几个域名",
    ),
    check=Text(
        en="`aliyun ram GetPolicy --PolicyType Custom --PolicyName oss-cdn-refresh-cn-hangzhou` after a deployment",
        zh="部署后运行 `aliyun ram GetPolicy --PolicyType Custom --PolicyName oss-cdn-refresh-cn-hangzhou`",
    ),
)
