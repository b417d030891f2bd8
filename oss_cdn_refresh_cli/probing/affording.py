"""Sees, before a probe begins, what the rest of the day's quota suffices for."""

from collections.abc import Iterable, Mapping

from oss_cdn_refresh.model.errors import CallRefused
from oss_cdn_refresh.model.item import DIRECTORY, FILE, IGNORE_PARAMS, ObjectType
from oss_cdn_refresh_cli.probing.account import Account
from oss_cdn_refresh_cli.probing.answers import Answer, Kind
from oss_cdn_refresh_cli.probing.question import Cost, Question
from oss_cdn_refresh_cli.shared.errors import CredentialsRefused, Refused

WHEN = "run the probe after the reset at 00:00 UTC+8"


def too_dear(account: Account, questions: Iterable[Question]) -> dict[str, Answer]:
    """The answers to the questions that are not tried, because they may take more than is left after those before them.

    A quota that the product does not tell stops no question.
    """
    chosen = list(questions)
    if not any(map(_takes, chosen)):
        return {}
    left = _left(account)
    answers: dict[str, Answer] = {}
    for question in filter(_takes, chosen):
        cost = question.cost.figures()
        if short := next((name for name, count in cost.items() if count > left.get(name, count)), ""):
            what = f"it may take {cost[short]:,} {short} of the day's quota, and {left[short]:,} are left for it"
            answers[question.name] = Answer(Kind.NOT_TRIED, f"{what}: {WHEN}")
        else:
            left = {name: rest - cost[name] for name, rest in left.items()}
    return answers


def _takes(question: Question) -> bool:
    return any(question.cost) and not question.reads_the_quota


def _left(account: Account) -> Mapping[str, int]:
    """What is left of the day's quotas, by the names of `Cost.figures`, as far as the product tells."""
    try:
        quotas = account.quotas()
        preloads = account.client().preload_left(account.operation.settings.seconds)
    except CredentialsRefused:
        raise
    except (Refused, CallRefused) as error:
        account.operation.output.warn(f"what is left of the day's quota is not known: {error}")
        return {}
    kinds: tuple[ObjectType, ...] = (FILE, DIRECTORY, IGNORE_PARAMS)
    rests = (*(quotas[kind].left if kind in quotas else None for kind in kinds), preloads)
    return {name: rest for name, rest in zip(Cost().figures(), rests, strict=True) if rest is not None}
