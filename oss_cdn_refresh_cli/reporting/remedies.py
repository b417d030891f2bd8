"""What to do about dead letters, by their reasons. docs/troubleshooting.md and its translation have the same table,
with the causes.

A title in quotes is a section of that page.
"""

from typing import NamedTuple

ANY = "…"  # ends a reason that stands for all reasons with this beginning


class Remedy(NamedTuple):
    """A row of the table: the reasons, and what to do before a redrive."""

    reasons: tuple[str, ...]
    en: str
    zh: str


TABLE = (
    Remedy(
        (
            *("Throttling…", "ServiceUnavailable", "InternalError", "Timeout", "ConnectionLost", "TooMany.Refresh"),
            *("SystemBusy", "SystemUpgrading", "ServiceBusy", "OutOfTime", "HTTP5…"),
        ),
        "no fix: redrive when the CDN works again",
        "无需处理：CDN 恢复后放回积压队列（redrive）",
    ),
    Remedy(
        ("QuotaExceeded", "QuotaExceeded.Refresh", "Pace", "Batched"),
        "raise the quota or change fewer URLs a day, see “the quota is used up”",
        "提高配额，或减少每天变更的 URL，见“配额用完”",
    ),
    Remedy(
        ("InvalidDomain.NotFound", "InvalidDomain.Offline", "IllegalOperationDomain"),
        "enable the domain in the CDN console; or remove it from the sites, and drop",
        "在 CDN 控制台启用该域名；或从 sites 中移除该域名并删除死信（drop）",
    ),
    Remedy(
        ("Forbidden…", "NoPermission", "IllegalOperation"),
        "REFRESH_DOMAINS in .env lists exactly the domains of the sites (DCDN: REFRESH_DCDN_DOMAINS, ESA: "
        "REFRESH_ESA_SITES); s deploy",
        "让 .env 中的 REFRESH_DOMAINS 恰好列出 sites 的域名（DCDN：REFRESH_DCDN_DOMAINS，ESA：REFRESH_ESA_SITES），"
        "然后 s deploy",
    ),
    Remedy(("InvalidExtensiveDomain…",), "list each sub-domain", "逐个列出子域名"),
    Remedy(
        ("ObjectPath.Malformed", "InvalidObjectPath…", "HTTP413"),
        "show it; if the URL is right, please report it",
        "用 show 查看；如果 URL 正确，请反馈",
    ),
    Remedy(
        ("InvalidObjectType…",),
        "set ignore_params_type to the other name, IgnoreParams or ExQuery",
        "将 ignore_params_type 改为另一个名称：IgnoreParams 或 ExQuery",
    ),
    Remedy(
        ("MissingParameter", "InvalidParameter…", "SiteNotFound"),
        "the line request_refused of the log says what to change; please report it",
        "日志中的 request_refused 行说明需要修改什么；请反馈",
    ),
    Remedy(
        ("RefreshFailed",),
        "fix the cause that message names, see “a refresh fails or is not confirmed”",
        "处理 message 所述的原因，见“刷新失败或没有得到确认”",
    ),
    Remedy(("InvalidItem",), "add the domain, or drop", "在 sites 中加入该域名，或删除死信（drop）"),
    Remedy(
        ("UnreadableEvent",),
        "show it; report a real event, drop anything else",
        "用 show 查看；真实的事件请反馈，其他的删除（drop）",
    ),
    Remedy(
        (
            *("InvalidTimeStamp…", "InvalidSecurityToken…", "InvalidAccessKeyId…", "SignatureDoesNotMatch"),
            *("OperationDenied", "CdnServiceNotFound", "DcdnServiceNotFound", "InsufficientBalance"),
            *("AccountArrears", "AccountBlacklist", "AccountStatusIllegal"),
        ),
        "fix the account or its credentials, see “the CDN refuses the account”",
        "处理账号或凭证的问题，见“CDN 拒绝账号”",
    ),
    Remedy(
        ("InvocationError", "UnhandledInvocationError", "FunctionResourceExhausted"),
        "read the exception in the log, see “the function fails at its start”; the alarm failed-invocations",
        "查看日志中的异常，见“函数启动失败”；告警 failed-invocations",
    ),
    Remedy(
        ("NotDelivered",),
        "read the exception of drain in the log, see “the function fails at its start”",
        "查看日志中 drain 的异常，见“函数启动失败”",
    ),
    Remedy(("UnknownRecord",), "drop", "删除（drop）"),
    Remedy(("UnreadableMessage",), "show it, then drop", "用 show 查看，然后删除（drop）"),
)
OTHERS = Remedy(
    (),
    "read the message with show; if the URL is right, please report it",
    "用 show 查看 message；如果 URL 正确，请反馈",
)
_BY_REASON = {reason: row for row in TABLE for reason in row.reasons}


def remedy(reason: str, language: str) -> str:
    """What to do about dead letters with this reason, in `en` or `zh`."""
    begun = [known for known in _BY_REASON if known.endswith(ANY) and reason.startswith(known.removesuffix(ANY))]
    row = _BY_REASON.get(reason) or (_BY_REASON[max(begun, key=len)] if begun else OTHERS)
    return row.zh if language == "zh" else row.en
