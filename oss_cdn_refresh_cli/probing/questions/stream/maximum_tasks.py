"""Does Function Compute 3.0 keep maximumTasks?

What its API does not return, it has dropped. What it returns may still have no effect.
"""

from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.account.deployed import run_options
from oss_cdn_refresh_cli.probing.answers import Answer, Notes, as_assumed, otherwise
from oss_cdn_refresh_cli.probing.question import Question, Text

OPTION = "maximumTasks"


def look(account: Account, _notes: Notes) -> Answer:
    """See what the API returns for the trigger of the backlog, which template.yml gives the option."""
    options = run_options(account.operation)
    if OPTION in options:
        return otherwise(f"the API returns {OPTION}: {options[OPTION]}; whether it has an effect, it does not tell")
    return as_assumed(f"the API returns the trigger's other options, without {OPTION}")


QUESTION = Question(
    name="maximum-tasks",
    question=Text(
        en="Does Function Compute 3.0 keep `runOptions.maximumTasks: 1`? It is documented for 2.0, the API of "
        "3.0 does not name it",
        zh="函数计算 3.0 会保留 `runOptions.maximumTasks: 1` 吗？2.0 的文档有它，3.0 的 API 没有",
    ),
    assumption=Text(
        en="it may be dropped and ignored: `drain` has one instance, a second batch gets 429 and comes again",
        zh="可能被丢弃并忽略：`drain` 只有一个实例，第二批得到 429，稍后重来",
    ),
    otherwise=Text(
        en="nothing: batches are kept apart in either case",
        zh="没有影响：两种情况下各批都不会并行",
    ),
    check=Text(
        en="[batches side by side](#batches-side-by-side) also shows whether it has an effect",
        zh="[多批并行](#多批并行)还能看出它是否有效",
    ),
    steps=(look,),
)
