"""The causes of an old page, the likeliest first: a table of conditions on facts, with what to say and to do.

Pure: no cause asks a service. Sources of the causes: docs/troubleshooting.md and docs/configuration.md.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from oss_cdn_refresh.mapping.sites import EXCLUDED, UNREACHABLE
from oss_cdn_refresh_cli.edge.explaining import facts as of
from oss_cdn_refresh_cli.edge.explaining.facts import Facts
from oss_cdn_refresh_cli.edge.explaining.words import TAKES_EFFECT, words
from oss_cdn_refresh_cli.operation.urls import Way, is_utf_8

NOT_ALLOWED = 403
REFRESH = "oss-cdn-refresh refresh {url} --now"

_lower_hex = re.compile("%(?:[a-f][0-9a-fA-F]|[0-9a-fA-F][a-f])").search


class Cause(NamedTuple):
    """A cause: its name in JSON, the condition, what to say and what to do; `{…}` as `words` has them."""

    name: str
    holds: Callable[[Facts], bool]
    says: str
    remedy: str


class Found(NamedTuple):
    """A cause that holds: its name, the sentence about it, and the next step."""

    name: str
    says: str
    remedy: str


def _never(facts: Facts) -> bool:
    """Whether no change refreshes the URL, although a site serves the object."""
    return facts.shown is not None and not facts.covered and not facts.ignored


def _way(facts: Facts) -> Way | None:
    return facts.shown.behind.way if facts.shown else None


def _spelled(facts: Facts) -> bool:
    return _never(facts) and "?" not in facts.url and _way(facts) in (Way.NAME, Way.INDEX)


def _no_task(facts: Facts) -> bool:
    """Whether the object is stale and nothing about its refresh is anywhere."""
    return facts.stale and facts.covered and facts.tasks_known and not (facts.task or facts.waiting or facts.letters)


def _expires(facts: Facts) -> bool:
    left = facts.expires_in
    return facts.stale and left is not None and left <= TAKES_EFFECT


def _just_changed(facts: Facts) -> bool:
    at = facts.shown.stored.modified if facts.shown and facts.shown.stored else None
    return facts.stale and at is not None and facts.now - at < TAKES_EFFECT and not (facts.failed or facts.letters)


CAUSES = (
    Cause(
        "foreign", lambda facts: not facts.configured,
        "{domain} is no domain of the configuration: nothing refreshes it.",
        "check the URL; or add the domain to `domains` of a site: oss-cdn-refresh validate shows the sites",
    ),
    Cause(
        "no_site", lambda facts: facts.configured and not facts.on_a_site,
        "No site of the configuration serves this path of {domain}.",
        "check the path; or correct `path` of the site: oss-cdn-refresh validate shows the sites",
    ),
    Cause(
        "not_utf_8", lambda facts: facts.configured and facts.on_a_site and not is_utf_8(facts.url.partition("?")[0]),
        "The path of the URL is not UTF-8, as each object key is: the bucket can hold no object for it.",
        "correct the links: encode the path as UTF-8; for now: " + REFRESH,
    ),
    Cause(
        "no_object", lambda facts: facts.configured and facts.on_a_site and not facts.objects,
        "No object is known for this URL: it is the URL of a directory, and `index` of the site names no page.",
        "name the page in `index` of the site; for now: " + REFRESH,
    ),
    Cause(
        "missing", lambda facts: facts.fresh and facts.missing,
        "The bucket holds no object for this URL ({object}), and the edge does not serve one.",
        "upload the object, or check the URL: keys are case-sensitive",
    ),
    Cause(
        "style_changed", lambda facts: facts.fresh and facts.styled,
        "The edge is fresh: the image was made of the current object. A changed image style fires no event.",
        "if the style itself was changed: " + REFRESH,
    ),
    Cause(
        "browser_cache", lambda facts: facts.fresh and bool(facts.edge.browser),
        "The edge is fresh. A browser that has an old copy keeps it for up to {browser} s (Cache-Control: max-age).",
        "reload the page without the browser's cache; a shorter Cache-Control on pages avoids it",
    ),
    Cause(
        "fresh", lambda facts: facts.fresh,
        "The edge is fresh: it serves what the bucket holds.",
        "if a visitor still sees the old page, ask the visitor's node with --connect-to HOST:PORT; else reload it",
    ),
    Cause(
        "forbidden", lambda facts: facts.edge.status == NOT_ALLOWED,
        "The domain answers 403: a private bucket, a signed URL, or a rule for the Referer.",
        "send what the domain requires with --header 'Referer: …'; or give the CDN access to the private bucket",
    ),
    Cause(
        "unreachable", lambda facts: facts.edge.verdict == of.UNREACHABLE,
        "The edge could not be reached: {detail}.",
        "check the network and the domain; or name a node with --connect-to HOST:PORT",
    ),
    Cause(
        "excluded", lambda facts: facts.ignored == EXCLUDED,
        "`include` and `exclude` of the site leave {object} out: no change refreshes it.",
        "change `include` or `exclude`; for now: " + REFRESH,
    ),
    Cause(
        "dot_segment", lambda facts: facts.ignored == UNREACHABLE,
        "The key {object} has a . or .. segment, which no client can ask for: no change refreshes it.",
        "give the object another key",
    ),
    Cause(
        "style", lambda facts: _never(facts) and facts.styled,
        "The image style in this URL is not configured: a change of {object} does not refresh it.",
        "add it to `variants` of the site, or set `query: ignore`; for now: " + REFRESH,
    ),
    Cause(
        "query", lambda facts: _never(facts) and bool(facts.query) and not facts.styled,
        "The query makes it another URL for the CDN, which a change of {object} does not refresh.",
        "set `query: ignore` or list it in `variants`; for now: " + REFRESH,
    ),
    Cause(
        "query", lambda facts: _never(facts) and facts.url.endswith("?") and not (facts.query or facts.styled),
        "The URL ends with ?, an empty query, which makes it another copy for the CDN: a change of {object} does not "
        "refresh that copy.",
        "remove the ? from the links, or set `query: ignore`; for now: " + REFRESH,
    ),
    Cause(
        "index", lambda facts: _never(facts) and _way(facts) is Way.OTHER_INDEX,
        "This is the URL of a directory, and `index` of the site does not name its page {object}.",
        "add the page to `index` of the site; for now: " + REFRESH,
    ),
    Cause(
        "lower_case_hex", lambda facts: _spelled(facts) and bool(_lower_hex(facts.url)),
        "The client spells the URL with lower-case hex, which a change of {object} does not refresh.",
        "write `spellings: [browser, component, encoded, lower]`; for now: " + REFRESH,
    ),
    Cause(
        "spelling", _spelled,
        "The client spells the URL in a way that a change of {object} does not refresh.",
        "write `spellings: all`, or correct the links; for now: " + REFRESH,
    ),
    Cause(
        "dead_letter", lambda facts: not facts.fresh and bool(facts.letters),
        "Its refresh was given up: the dead letter {letter} has the reason {reason}{message}.",
        "fix the cause of {reason} (docs/troubleshooting.md#there-are-dead-letters), then: "
        "oss-cdn-refresh dead-letters redrive --id {letter}",
    ),
    Cause(
        "failed", lambda facts: not facts.fresh and facts.failed,
        "Its refresh was accepted, and then failed: task {task} is {status}{description}.",
        "check the origin of the domain, then: " + REFRESH,
    ),
    Cause(
        "waiting", lambda facts: not facts.fresh and bool(facts.waiting),
        "Its refresh waits in the backlog, with the reason {waits}.",
        "see the backlog: oss-cdn-refresh backlog; see the quota: oss-cdn-refresh quota",
    ),
    Cause(
        "late_task", lambda facts: not facts.fresh and facts.under_way and facts.now - facts.created[0] > TAKES_EFFECT,
        "Its refresh is late: task {task} is still {status}, created {created}.",
        "see its status: oss-cdn-refresh tasks {task}; a task that fails is submitted again by the function",
    ),
    Cause(
        "under_way", lambda facts: not facts.fresh and facts.under_way,
        "Its refresh is not complete yet: task {task} is {status}, created {created}.",
        "wait until {effect}, then run it again: a refresh takes 5 to 6 minutes",
    ),
    Cause(
        "just_changed", _just_changed,
        "The object changed {ago} s ago, and a refresh takes 5 to 6 minutes.",
        "wait until {changed_effect}, then run it again",
    ),
    Cause(
        "expires", _expires,
        "The copy expires by itself in {left} s: the edge keeps it for {keeps} s.",
        "run it again in {left} s, which is sooner than a refresh takes effect",
    ),
    Cause(
        "perhaps_waiting", lambda facts: _no_task(facts) and facts.unseen > 0,
        "No task of the last 3 days has refreshed it. It may wait in the backlog: {unseen} of its messages cannot be "
        "seen, because they are delayed, in work or further behind.",
        "see the backlog: oss-cdn-refresh backlog; or refresh it: " + REFRESH,
    ),
    Cause(
        "perhaps_queued", lambda facts: _no_task(facts) and bool(facts.unknown_queues),
        "No task of the last 3 days has refreshed it since its change ({changed}): no event came, or its refresh is "
        "queued; {unknown_queues} could not be asked.",
        "see what refuses the queues: oss-cdn-refresh doctor; for now: " + REFRESH,
    ),
    Cause(
        "no_event", lambda facts: _no_task(facts) and not facts.unknown_queues,
        "No task of the last 3 days has refreshed it since its change ({changed}): probably no event came.",
        "check the trigger: oss-cdn-refresh doctor; for now: " + REFRESH,
    ),
    Cause(
        "cache_key", lambda facts: facts.stale and facts.task is not None and not facts.under_way and not facts.failed,
        "Task {task} is {status}, and the edge is still stale: a custom cache key, or one copy for each value of a "
        "header (Vary).",
        "see the check cache_key of oss-cdn-refresh doctor: with a custom cache key, a refresh by URL finds no copy",
    ),
    Cause(
        "redirect", lambda facts: bool(facts.edge.location),
        "The edge redirects to {location}.",
        "explain that URL: oss-cdn-refresh explain {to}",
    ),
    Cause(
        "stale", lambda facts: facts.stale,
        "The edge is stale: {detail}.",
        "refresh it: " + REFRESH,
    ),
    Cause(
        "not_compared", lambda _facts: True,
        "The edge and the bucket could not be compared: {detail}.",
        "run oss-cdn-refresh doctor, which names each missing right and setting",
    ),
)  # fmt: skip


def causes(facts: Facts) -> Iterator[Found]:
    """The causes that hold, the likeliest first."""
    found = words(facts)
    for cause in CAUSES:
        if cause.holds(facts):
            yield Found(cause.name, cause.says.format_map(found), cause.remedy.format_map(found))
