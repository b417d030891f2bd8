"""A copy of the real deployment, to seed faults into."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from infra.check_template import main

ROOT = Path(__file__).parents[2]

CONFIG = """\
sites:
  - bucket: my-site
    domains: [www.example.com]
"""


class Copy(NamedTuple):
    """template.yml, s.yaml, both stacks with their sources and functions/config.yml in a folder of their own.

    name: of the template under test.
    """

    folder: Path
    name: str = "template.yml"

    @property
    def template(self) -> Path:
        """The template under test."""
        return self.folder / self.name

    def replace(self, file: str, old: str, new: str, count: int = 1) -> None:
        """Replace a text of a file; a missing text is an error, because the test would prove nothing."""
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, count), encoding="utf-8")

    def check(self, environ: Mapping[str, str] | None = None, *more: str) -> int:
        """Exit code of `make check-template`."""
        return main([str(self.template), *more], environ or {})
