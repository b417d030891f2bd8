"""A burst while services fail and processes die: the records of the stand-ins show that nothing is lost."""

import threading
from collections.abc import Callable
from pathlib import Path
from random import Random

from burst import accepted, change, configuration, held, keys, lost, raise_limits, settle_all
from drain import BATCHED

from oss_cdn_refresh_box.cloud import Cloud
from oss_cdn_refresh_box.fc import Deployed
from oss_cdn_refresh_box.wire.faults import Fault, Faults, Lost, Refusal, sometimes
from oss_cdn_refresh_box.wire.serving import Request, Reset

COUNT = 20_000
FAULTS = (Refusal(503, "ServiceUnavailable"), Reset(), Lost())  # refused, request lost, answer lost
KILLS = 50


class Killer:
    """Kills a working instance of a function during a request to a service, at most `most` times."""

    def __init__(self, deployed: Deployed, most: int, probability: float, random: Random) -> None:
        self.kills = 0
        self._deployed = deployed
        self._most = most
        self._probability = probability
        self._random = random
        self._lock = threading.Lock()

    def after_kill(self, rule: Callable[[Request], Fault]) -> Callable[[Request], Fault]:
        """First the kill, if one is due, then `rule`, which decides whether the service accepts the request."""

        def struck(request: Request) -> Fault:
            with self._lock:
                busy = self._deployed.busy
                if busy and self.kills < self._most and self._random.random() < self._probability:
                    self._random.choice(busy).kill()
                    self.kills += 1
            return rule(request)

        return struck


def test_nothing_is_lost_while_a_tenth_of_all_answers_fail_and_50_instances_die(drained: Path) -> None:
    random = Random(3)  # noqa: S311 - a seed repeats it
    with Cloud(configuration(urls_per_minute_per_domain=1_000_000), file=drained, variables=BATCHED) as cloud:
        raise_limits(cloud)
        failing = sometimes(0.1, FAULTS, random)
        sender = Killer(cloud.function, 40, 40 / (COUNT / 2), random)
        drain = Killer(cloud.drain, KILLS - 40, 0.3, random)
        cloud.smq.faults = Faults(rule=sender.after_kill(failing))
        cloud.cdn.faults = Faults(rule=drain.after_kill(failing))
        change(cloud, keys(COUNT))
        settle_all(cloud)
        assert sender.kills + drain.kills == KILLS
        assert lost(cloud, keys(COUNT)) == set()
        assert cloud.compute.destinations.lost == []
        assert accepted(cloud) | held(cloud.dead_letters) == set(keys(COUNT))
