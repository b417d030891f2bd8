"""The words of the page in English."""

from oss_cdn_refresh_cli.reporting.page.texts import Texts

EN = Texts(
    code="en",
    title="Refreshes of the CDN",
    period="{from_} to {until}, all times in UTC+8: the quotas are reset at 00:00",
    lines="Log lines of the functions: {read}. Other lines: {others}. Lines that two files hold, counted once: "
    "{repeated}.",
    unreadable_lines="Not counted: lines that cannot be read ({broken}) and lines without a time ({untimed}). Export "
    "them "
    ""
    "again, whole and with their prefix.",
    days_shown="The charts show the last {hours} hours; the tables and sums count all.",
    attention="What a person has to look at",
    nothing="Nothing in these lines needs a person.",
    dead_letters_found="New dead letters: {count}. See “Dead letters by reason”.",
    unreadable_found="Rejected records: {count}. Each is a dead letter.",
    unaccounted_found="Items that no queue took: {count}. Put them back: oss-cdn-refresh dead-letters redrive "
    "--from-logs "
    "FILE",
    refused_found="{target} refused ({code}): {remedy}",
    unconfirmed_found="Accepted items without a confirmation: {count}. See “Confirmations, and refreshes that failed”.",
    failed_found="Items whose refresh failed after the acceptance: {count}. "
    "See “Confirmations, and refreshes that failed”.",
    short_found="Items that had to wait for the next day’s quota: {count} ({target}, {kind}).",
    late_found="Hours in which the median from the change to the acceptance is above the alarm’s line: {count}.",
    changes="Changes",
    refreshed="Refreshed",
    deferred="Deferred",
    dead_lettered="Dead letters",
    unreadable="Rejected records",
    confirmed="Confirmed",
    failed="Failed",
    given_up="Given up",
    replaced="Replaced items",
    collateral="Collateral URLs",
    median="Median",
    p95="95 %",
    longest="Longest",
    alarm="Alarm",
    items="Items",
    calls="Calls",
    others="others",
    second="{} s",
    minute="{} min",
    hour="{} h",
    median_to_acceptance="Median to acceptance",
    median_to_confirmation="Median to confirmation",
    items_by_hour="Items by the hour",
    items_note="An item that was deferred counts again when it comes back.",
    times="How long it takes until changes are accepted and confirmed",
    time_to_acceptance="From the change to the acceptance",
    time_to_acceptance_note="The median of the newest change of each invocation; 95 % and the longest of the oldest "
    "one. "
    ""
    ""
    "The alarm “lag” fires where the median of 15 minutes is above {late}.",
    time_to_confirmation="From the change to the confirmation",
    time_to_confirmation_note="Until the look that saw the task complete. By default the first look is 6 minutes after "
    ""
    ""
    "the acceptance. The alarm “unconfirmed” fires {late} after the acceptance.",
    quota="Quota used since 00:00 UTC+8",
    quota_note="What the products accepted from these functions. Other users of the account are not in the log, and "
    "neither is the size of the quota: oss-cdn-refresh quota shows both.",
    directories="Directories",
    ignore_params="IgnoreParams",
    urls_used="URLs used today",
    directories_used="Directories and IgnoreParams used today",
    forecast="Forecasts that the quota does not suffice, at the worst moment. “Left” includes the reserve.",
    no_forecast="The functions forecast no shortage of the quota.",
    product="Product",
    object_type="Type",
    left="Left",
    needed="Needed",
    short="Missing",
    done_by="Done by",
    refusals="Refused calls by the hour",
    refusals_note="Each try of a call counts. “Reaction” is what the function did.",
    code_of_refusal="Code",
    means="Reaction",
    planner="Directories that the planner chose",
    planner_note="Directories replace URLs where the quota is short. The chart shows accepted directories, the table "
    "all "
    "plans. Collateral: unchanged URLs that a directory expires as well, of all directories of a row together.",
    plans="Plans",
    estimated="Estimated",
    yes="yes",
    no="no",
    confirmations="Confirmations, and refreshes that failed",
    confirmations_note="What became of accepted items, by the hour in which the task was looked up.",
    description="Status and description",
    deferred_reasons="Why items were deferred",
    reason="Reason",
    oldest="Oldest",
    dead_letters="Dead letters by reason",
    dead_letters_note="Fix the cause, then: oss-cdn-refresh dead-letters redrive --reason REASON. Titles in quotes "
    "are "
    ""
    "sections of docs/troubleshooting.md. Events that the platform gave up are not in this log.",
    remedy="What to do",
    prefixes="The ten busiest prefixes",
    prefixes_note="By the URLs that the lines name: {named} URLs, in lines about {items} items. A line about an "
    "accepted "
    "call names only its first URL, so a prefix inside large calls can be missing here.",
    prefix="Prefix",
    calls_named="Calls that begin with it",
    by_the_hour="All hours",
    none="None.",
    more="Rows that only --json shows: {count}.",
)
