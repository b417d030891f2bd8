"""All words of the page, in each language. Names of log lines, codes and reasons are the same in all languages."""

from typing import NamedTuple


class Texts(NamedTuple):
    """The words of a page. Braces are figures that the page fills in."""

    code: str  # of the language, in HTML
    title: str
    period: str
    lines: str
    unreadable_lines: str
    days_shown: str

    attention: str
    nothing: str
    dead_letters_found: str
    unreadable_found: str
    unaccounted_found: str
    refused_found: str
    unconfirmed_found: str
    failed_found: str
    short_found: str
    late_found: str

    changes: str
    refreshed: str
    deferred: str
    dead_lettered: str
    unreadable: str
    confirmed: str
    failed: str
    given_up: str
    replaced: str
    collateral: str
    median: str
    p95: str
    longest: str
    alarm: str
    items: str
    calls: str
    others: str
    second: str
    minute: str
    hour: str

    median_to_acceptance: str
    median_to_confirmation: str

    items_by_hour: str
    items_note: str
    times: str
    time_to_acceptance: str
    time_to_acceptance_note: str
    time_to_confirmation: str
    time_to_confirmation_note: str
    quota: str
    quota_note: str
    directories: str
    ignore_params: str
    urls_used: str
    directories_used: str
    forecast: str
    no_forecast: str
    product: str
    object_type: str
    left: str
    needed: str
    short: str
    done_by: str
    refusals: str
    refusals_note: str
    code_of_refusal: str
    means: str
    planner: str
    planner_note: str
    plans: str
    estimated: str
    yes: str
    no: str
    confirmations: str
    confirmations_note: str
    description: str
    deferred_reasons: str
    reason: str
    oldest: str
    dead_letters: str
    dead_letters_note: str
    remedy: str
    prefixes: str
    prefixes_note: str
    prefix: str
    calls_named: str
    by_the_hour: str
    none: str
    more: str
