"""In which regions does EventBridge bring the events of OSS?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="eventbridge-regions",
    question=Text(
        en="In which regions does EventBridge bring the events of OSS? Its page lists nine",
        zh="EventBridge 在哪些地域传递 OSS 事件？它的页面列出九个",
    ),
    assumption=Text(
        en="in the nine of the page",
        zh="页面列出的九个",
    ),
    otherwise=Text(
        en="in another region nothing is refreshed, or the deployment is refused",
        zh="在其他地域不会刷新，或部署被拒绝",
    ),
    check=Text(
        en="deploy the [example](recipes/eventbridge.md) in such a region, and upload an object",
        zh="在这样的地域部署[示例](recipes/eventbridge.zh-CN.md)，上传一个文件",
    ),
)
