"""May a policy name a DCDN domain? Only a role with such a right can answer it."""

from oss_cdn_refresh_cli.probing.question import Question, Text

QUESTION = Question(
    name="dcdn-right",
    question=Text(
        en="May a policy name a DCDN domain for a refresh and a preload (`acs:dcdn:*:{account}:domain/{domain}`)?",
        zh="刷新和预热的策略可以只写一个 DCDN 域名吗（`acs:dcdn:*:{account}:domain/{domain}`）？",
    ),
    assumption=Text(
        en="no: the role has these rights on `*`, so on all DCDN domains of the account",
        zh="否：角色在 `*` 上拥有这些权限，即账号的所有 DCDN 域名",
    ),
    otherwise=Text(
        en="the right can be narrower: change it in `infra/ros.yml`",
        zh="权限可以更小：在 `infra/ros.yml` 中修改",
    ),
    check=Text(
        en="a RAM user with the right on one domain only: refresh this domain and another one",
        zh="建一个只在一个域名上有该权限的 RAM 用户：刷新这个域名和另一个域名",
    ),
)
