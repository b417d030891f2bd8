"""What the sentences about a cause fill in: names, times and reasons, as people read them."""

from collections.abc import Mapping
from shlex import quote

from oss_cdn_refresh_cli.edge.explaining.facts import Facts
from oss_cdn_refresh_cli.shared import times

TAKES_EFFECT = times.TAKES_EFFECT[1]  # seconds, at the latest


def words(facts: Facts) -> Mapping[str, object]:
    """What the sentences fill in."""
    shown, edge, task, letter = facts.shown, facts.edge, facts.task, facts.letters[0] if facts.letters else None
    stored = shown.stored if shown else None
    place = shown.behind.name if shown else ""
    changed = times.moment(stored.modified, facts.now) if stored else "the object was deleted"
    created = facts.created[0] if task else facts.now
    return {
        "url": quote(facts.url),
        "domain": facts.url.partition("://")[2].partition("/")[0],
        "object": place,
        "detail": edge.detail,
        "browser": edge.browser,
        "letter": letter.id if letter else "",
        "reason": letter.reason if letter else "",
        "message": _said(letter.message) if letter else "",
        "task": task.id if task else "",
        "status": task.status if task else "",
        "description": _said(task.description) if task else "",
        "created": times.moment(created, facts.now),
        "effect": times.moment(created + TAKES_EFFECT, facts.now),
        "waits": ", ".join(dict.fromkeys(facts.waiting)),
        "ago": round(facts.now - stored.modified) if stored else "",
        "changed": changed,
        "changed_effect": times.moment(stored.modified + TAKES_EFFECT, facts.now) if stored else "",
        "left": facts.expires_in,
        "keeps": edge.keeps,
        "unseen": facts.unseen,
        "unknown_queues": " and ".join(facts.unknown_queues),
        "location": edge.location,
        "to": quote(edge.location),
    }


def _said(text: str) -> str:
    """The words of a service as the end of a sentence, without their own full stop."""
    return f": {text.rstrip('. ')}" if text else ""
