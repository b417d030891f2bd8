"""Does a task of DCDN or ESA fire an event of Function Compute? Only a function with such a trigger can answer it."""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="events-of-dcdn-esa",
    question=Text(
        en="Does a task of DCDN or ESA fire an event of Function Compute, as the CDN's `cdn_events`?",
        zh="DCDN 或 ESA 的任务会像 CDN 的 `cdn_events` 那样触发函数计算的事件吗？",
    ),
    assumption=Text(
        en="no: the function asks for the tasks",
        zh="不会：函数自己查询任务",
    ),
    otherwise=Text(
        en="nothing: such an event is not used for the CDN either",
        zh="没有影响：CDN 的这类事件也没有使用",
    ),
    check=Text(
        en="a function of its own with a trigger `cdn_events` (`CachedObjectsRefreshed`) for the domain: refresh a "
        "URL, and see whether it is called",
        zh="另建一个函数，为该域名配置 `cdn_events`（`CachedObjectsRefreshed`）触发器：刷新一个 URL，看函数是否被调用",
    ),
)
