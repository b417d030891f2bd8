"""What the function gets from the world besides the network: time, waiting and chance, so that tests decide them."""

import random
import time
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple


class Effects(NamedTuple):
    """`now` in epoch seconds, `monotonic` in seconds, `sleep` for seconds, `uniform(a, b)` a number between the two."""

    now: Callable[[], float]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    uniform: Callable[[float, float], float]


def real() -> Effects:
    """The machine's own."""
    return Effects(time.time, time.monotonic, time.sleep, random.uniform)


@lru_cache(maxsize=1_024)  # thousands of items share the moments of their histories
def timestamp(now: float) -> str:
    """Epoch seconds as `YYYY-MM-DDThh:mm:ssZ`."""
    moment = time.gmtime(now)
    return (
        f"{moment.tm_year:04}-{moment.tm_mon:02}-{moment.tm_mday:02}"
        f"T{moment.tm_hour:02}:{moment.tm_min:02}:{moment.tm_sec:02}Z"
    )
