"""A clone of the project as `make deploy` leaves it: the template, a configuration and `.env`."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from click.testing import Result
from command import OWNER, ROOT, run

from oss_cdn_refresh.transport.credentials import Source
from oss_cdn_refresh_box.clock import Clock

CONFIG = "sites: [{bucket: my-site, domains: [www.example.com, static.example.com, img.example.com]}]\n"


class Clone:
    """A folder with the project's own template."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = Clock()
        (folder / "functions").mkdir(parents=True)
        shutil.copy(ROOT / "template.yml", folder)
        (folder / "functions" / "config.yml").write_text(CONFIG, encoding="utf-8")

    def dotenv(self, variables: Mapping[str, str]) -> None:
        """Write `.env`, a variable a line."""
        lines = (f"{name}={value}\n" for name, value in variables.items())
        (self.folder / ".env").write_text("".join(lines), encoding="utf-8")

    def template(self, old: str, new: str) -> None:
        """Change one place of the template."""
        file = self.folder / "template.yml"
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), encoding="utf-8")

    def run(self, *words: str, environ: Mapping[str, str] | None = None, credentials: Source = lambda: OWNER) -> Result:
        """Run the command, by default without a variable."""
        return run(*words, environ=environ or {}, clock=self.clock, credentials=credentials)

    def settings(self, *words: str, environ: Mapping[str, str] | None = None) -> dict[str, dict[str, Any]]:
        """What `settings` shows."""
        result = self.run("settings", "--json", *words, environ=environ)
        assert result.exit_code == 0, result.output
        shown: dict[str, dict[str, Any]] = json.loads(result.stdout)
        return shown
