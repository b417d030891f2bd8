"""The package as `make application` builds it, with a stand-in for pip, which needs the network."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from infra.application import build

ROOT = Path(__file__).parents[2]
RELEASE = "1.2.3"
PLACEHOLDER = re.compile(r"{{\s*(.*?)\s*}}")
NAMES = re.compile(r"\b(?!if\b)[A-Za-z_]\w*\b(?=(?:[^']*'[^']*')*[^']*$)")  # outside of quotes


def without_network(target: Path, runtime: str, environ: Mapping[str, str]) -> None:
    """Stands in for pip: one package, and no Python that compiles it."""
    assert (runtime, environ) == ("python3.10", {})
    (target / "certifi").mkdir(parents=True)
    (target / "certifi" / "__init__.py").write_text("", encoding="utf-8")


def make(target: Path, root: Path = ROOT) -> Path:
    """Build the package into a folder."""
    build.build(root, target, RELEASE, {}, without_network)
    return target


def rendered(package: Path) -> Iterator[Path]:
    """The files into which `s init` writes values: s.yaml, what it extends, and every .stpl."""
    source = package / "src"
    yield from (source / "s.yaml", source / "template.yml")
    yield from sorted(source.rglob("*.stpl"))


def asked(file: Path) -> set[str]:
    """The names that the placeholders of a file use."""
    placeholders = PLACEHOLDER.findall(file.read_text(encoding="utf-8"))
    return {name for text in placeholders if text != "/if" for name in NAMES.findall(text)}
