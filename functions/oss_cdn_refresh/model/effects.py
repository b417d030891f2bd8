"""Clock, sleep and random numbers as the function uses them, so that tests can pass in their own."""

import random
import time
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple


class Effects(NamedTuple):
    """The clocks `now` (epoch seconds) and `monotonic` (seconds), `sleep` (seconds), and `uniform`, a random number."""

    now: Callable[[], float]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    uniform: Callable[[float, float], float]


def real() -> Effects:
    """The clock, sleep and random numbers of the machine."""
    return Effects(time.time, time.monotonic, time.sleep, random.uniform)


@lru_cache(maxsize=1_024)  # the histories of thousands of items hold the same few times
def timestamp(now: float) -> str:
    """Epoch seconds as `YYYY-MM-DDThh:mm:ssZ`."""
    moment = time.gmtime(now)
    return (
        f"{moment.tm_year:04}-{moment.tm_mon:02}-{moment.tm_mday:02}"
        f"T{moment.tm_hour:02}:{moment.tm_min:02}:{moment.tm_sec:02}Z"
    )
