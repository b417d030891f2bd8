"""An edge that a refresh reaches late, and `wait` and `refresh --wait` in front of it."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from audited import Audited
from click.testing import Result
from command import run

from oss_cdn_refresh_box.cdn.tasks import Script
from oss_cdn_refresh_box.clock import Clock


class Pausing(Clock):
    """The clock of a run, with an action after each pause between two polls."""

    def __init__(self, clock: Clock, act: Callable[[], None]) -> None:
        super().__init__()
        self.now, self.advance = clock.now, clock.advance  # type: ignore[method-assign]
        self._act = act

    def sleep(self, seconds: float) -> None:  # type: ignore[override]
        """Move the clock; a pause for the rate of requests is shorter than one between polls."""
        self.advance(seconds)
        if seconds >= 1:
            self._act()


class Waited:
    """A site whose refreshes take effect when their tasks complete: at once, if `late` does not name the key."""

    def __init__(self, site: Audited) -> None:
        self.site = site
        self.world = site.world
        site.world.cdn.subscribers.clear()
        site.world.cdn.tasks.subscribers.append(site.edge.follow)

    def change(self, before: Mapping[str, bytes], after: Mapping[str, bytes]) -> None:
        """Let the edge cache the objects, and change some of them in the bucket: those are stale."""
        self.site.hold(before)
        self.site.visit(*before)
        self.site.oss.stock("my-site", after)

    def late(self, seconds: Mapping[str, float]) -> None:
        """Let later refreshes of these keys take effect after so many seconds."""

        def script(_object_type: str, url: str, _times: int) -> Script | None:
            key = url.partition("://")[2].partition("/")[2]
            return Script(seconds=seconds[key]) if key in seconds else None

        self.world.cdn.tasks.script = script

    def refresh(self, seconds: Mapping[str, float]) -> None:
        """Refresh these keys, as the function does; each takes effect after so many seconds."""
        self.late(seconds)
        keys = "".join(f"my-site/{key}\n" for key in seconds)
        run("refresh", "--now", "--keys", "-", environ=self.world.environ, clock=self.world.clock, stdin=keys)

    def run(
        self, *words: str, command: str = "wait", to: str = "", stdin: str | None = None, clock: Clock | None = None
    ) -> Result:
        """A command that asks the edge, or the address `to`, in this process."""
        words = (command, *words, "--connect-to", to or self.site.address)
        return run(*words, environ=self.world.environ, clock=clock or self.world.clock, stdin=stdin)

    def wait(self, *words: str, **more: Any) -> dict[str, Any]:
        """The JSON document of `run`, with its exit code as `exit`."""
        result = self.run("--json", *words, **more)
        return {**json.loads(result.stdout), "exit": result.exit_code}
