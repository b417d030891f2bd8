"""An edge that a refresh reaches late, and `wait` and `refresh --wait` in front of it."""

import json
from collections.abc import Mapping
from typing import Any

from audited import Audited
from click.testing import Result
from command import run

from local.cdn.tasks import Script


class Waited:
    """A site whose refreshes take effect when their tasks complete. `asked`: the requests of the edge, if counted."""

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

    def refresh(self, seconds: Mapping[str, float]) -> None:
        """Refresh these keys, as the function does; each takes effect after so many seconds."""
        self.late(seconds)
        keys = "".join(f"my-site/{key}\n" for key in seconds)
        run("refresh", "--now", "--keys", "-", environ=self.world.environ, clock=self.world.clock, stdin=keys)

    def late(self, seconds: Mapping[str, float]) -> None:
        """Let later refreshes of these keys take effect after so many seconds, others at once."""

        def script(_object_type: str, url: str, _times: int) -> Script | None:
            key = url.partition("://")[2].partition("/")[2]
            return Script(seconds=seconds[key]) if key in seconds else None

        self.world.cdn.tasks.script = script

    def run(self, *words: str, to: str = "", stdin: str | None = None) -> Result:
        """`wait`, connected to the edge or to the address `to`."""
        return call("wait", *words, site=self.site, to=to, stdin=stdin)

    def wait(self, *words: str, to: str = "", stdin: str | None = None) -> dict[str, Any]:
        """The JSON document of a run, with its exit code as `exit`."""
        result = self.run("--json", *words, to=to, stdin=stdin)
        return {**json.loads(result.stdout), "exit": result.exit_code}


def call(*words: str, site: Audited, to: str = "", stdin: str | None = None, clock: Any = None) -> Result:
    """A command that asks the edge, in this process."""
    words = (*words, "--connect-to", to or site.address)
    return run(*words, environ=site.world.environ, clock=clock or site.world.clock, stdin=stdin)
