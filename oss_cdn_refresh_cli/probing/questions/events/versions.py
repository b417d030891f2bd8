"""Which deletes of a versioned bucket fire an event?"""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="versions",
    question=Text(
        en="Versioned buckets: documents contradict each other about deletes",
        zh="开启版本控制的 Bucket：关于删除，文档互相矛盾",
    ),
    assumption=Text(
        en="every delete of the current version fires an event, and is refreshed",
        zh="每次删除当前版本都触发事件，并被刷新",
    ),
    otherwise=Text(
        en="`oss-cdn-refresh audit --keys FILE` finds the other objects",
        zh="`oss-cdn-refresh audit --keys FILE` 能找出其余对象",
    ),
    check=Text(
        en="delete an object and a version of one, and look for the keys in the log",
        zh="删除一个对象，再删除另一个对象的一个版本，在日志中查找这些键",
    ),
)
