"""A task: the product's record of an accepted call. The product works on it for minutes."""

from typing import NamedTuple

from oss_cdn_refresh.model.item import ObjectType


class Submission(NamedTuple):
    """Items of accepted calls: object type, URLs, task ids, and the time of the calls in epoch seconds."""

    type: ObjectType
    urls: tuple[str, ...]
    task_ids: tuple[str, ...]
    at: float


class Task(NamedTuple):
    """One URL of a task as the product shows it: the texts of the answer, "" for a missing field."""

    id: str
    type: str
    url: str
    status: str
    process: str
    description: str
    created_at: str
