"""Is maximumTasks honoured?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="maximum-tasks",
    question=Text(
        en="Is `runOptions.maximumTasks: 1` honoured? It is documented for Function Compute 2.0, the API of "
        "3.0 does not name it",
        zh="`runOptions.maximumTasks: 1` 有效吗？函数计算 2.0 的文档有它，3.0 的 API 没有",
    ),
    assumption=Text(
        en="it may be ignored: `drain` has one instance, a second batch gets 429 and comes again",
        zh="可能被忽略：`drain` 只有一个实例，第二批得到 429，稍后重来",
    ),
    otherwise=Text(
        en="nothing: batches are kept apart in either case",
        zh="没有影响：两种情况下各批都不会并行",
    ),
    check=Text(
        en="[batches side by side](#batches-side-by-side)",
        zh="[多批并行](#多批并行)",
    ),
)
