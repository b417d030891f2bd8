"""Is every node fresh when the product says that a task is complete?

The probe cannot answer it: from one location, it reaches one node.
"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="complete-is-fresh",
    question=Text(
        en="Does `Complete` mean that every node is fresh? Some notes say that 90 % of the nodes are shown as 100 %",
        zh="`Complete` 是否表示每个节点都已是新内容？有资料说，90% 的节点完成时就显示为 100%",
    ),
    assumption=Text(
        en="no: `confirmed` only means that the CDN calls the task complete",
        zh="否：`confirmed` 只表示 CDN 认为任务已完成",
    ),
    otherwise=Text(
        en="nothing: a confirmed URL is fresh everywhere",
        zh="没有影响：已确认的 URL 在所有节点上都是新内容",
    ),
    check=Text(
        en="`oss-cdn-refresh audit oss://my-site/ --sample 500`, from several locations, after `confirmed`: "
        "a stale URL means no",
        zh="出现 `confirmed` 之后，从多个地方执行 `oss-cdn-refresh audit oss://my-site/ --sample 500`：有旧"
        "内容就说明答案为否",
    ),
)
