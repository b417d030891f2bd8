"""Does DCDN's queue of preloads make new tasks wait when it is full? It takes 100,000 URLs to fill it."""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="dcdn-preload-queue",
    question=Text(
        en="Does DCDN's queue of preloads make new tasks wait when it is full, as its page says?",
        zh="DCDN 的预热队列满时，新任务会像页面所说的那样等待吗？",
    ),
    assumption=Text(
        en="both are possible: new tasks wait, or are skipped with `PreloadQueueFull`",
        zh="两种都可以：任务等待，或以 `PreloadQueueFull` 跳过",
    ),
    otherwise=Text(
        en="nothing: both are handled",
        zh="没有影响：两种情况都能处理",
    ),
    check=Text(
        en="the `reason` of `preload_skipped` with product `dcdn`: `PreloadQueueFull` means that they do not wait",
        zh="产品为 `dcdn` 的 `preload_skipped` 的 `reason`：`PreloadQueueFull` 表示任务不等待",
    ),
)
