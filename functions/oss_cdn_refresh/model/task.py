"""Tasks: what a product makes of accepted calls, and works on for minutes."""

from typing import NamedTuple

from oss_cdn_refresh.model.item import ObjectType


class Submission(NamedTuple):
    """Items of accepted calls: their type, their URLs, the task ids, and when the calls were made, in epoch seconds."""

    type: ObjectType
    urls: tuple[str, ...]
    task_ids: tuple[str, ...]
    at: float


class Task(NamedTuple):
    """One URL of a task as the product shows it; texts as they stand in the answer, "" where it says nothing."""

    id: str
    type: str
    url: str
    status: str
    process: str
    description: str
    created_at: str
