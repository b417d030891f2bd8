"""The layout: imports run one way, folders have few rooms, and modules are short."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = {
    "oss_cdn_refresh": ROOT / "functions",
    "oss_cdn_refresh_cli": ROOT,
    "infra": ROOT,
    "oss_cdn_refresh_box": ROOT,
    "bench": ROOT,
}
LOWEST_FIRST = {  # a room may import itself and the rooms before it
    "oss_cdn_refresh": (
        *("logs", "model", "events", "summary", "transport", "queueing", "products", "settings", "mapping"),
        *("planner", "delivery", "handler"),
    ),
    "oss_cdn_refresh_cli": (
        *("shared", "deployment", "operation", "clients", "queues", "planning", "edge"),
        *("doctor", "reporting", "probing", "commands"),
        *("cli", "__main__"),
    ),
    "infra": (
        *("deployment", "monitoring", "rules", "check_template", "serverless", "deploy"),
        *("application", "page", "unconfirmed"),
    ),
    "oss_cdn_refresh_box": (
        *("clock", "wire", "account", "cdn", "dcdn", "esa", "smq", "oss", "fc"),
        *("cloud", "box", "demo"),
    ),
}
UPWARD = {  # which packages a package may import
    "oss_cdn_refresh": set(),
    "oss_cdn_refresh_cli": {"oss_cdn_refresh"},
    "infra": {"oss_cdn_refresh", "oss_cdn_refresh_cli"},
    "oss_cdn_refresh_box": {"oss_cdn_refresh", "oss_cdn_refresh_cli"},
    "bench": {"oss_cdn_refresh", "oss_cdn_refresh_cli", "infra", "oss_cdn_refresh_box"},
}
MOST_ROOMS = 12  # in a folder
MOST_LINES = 300  # of a module


def modules(package: str) -> dict[str, Path]:
    """The modules of a package by their full names."""
    base = PACKAGES[package]
    files = sorted((base / package).rglob("*.py"))
    return {".".join(file.relative_to(base).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


MODULES = {package: modules(package) for package in PACKAGES}
EVERY: Mapping[str, Path] = {name: file for found in MODULES.values() for name, file in found.items()}


def imports(file: Path) -> Iterator[str]:
    """The modules of these packages that a module imports, also inside functions, but not only for its types."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    blocks = [node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    only_types = {id(node) for block in blocks for line in block.body for node in ast.walk(line)}
    for node in ast.walk(tree):
        if id(node) in only_types:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] in PACKAGES:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in EVERY else node.module


def room(module: str) -> str:
    """The room of a package that a module is in; "" for the package itself."""
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("package", LOWEST_FIRST)
def test_no_room_imports_one_above_it(package: str) -> None:
    order = ("", *LOWEST_FIRST[package])
    upward = [
        f"{module} imports {target}"
        for module, file in MODULES[package].items()
        for target in imports(file)
        if target.startswith(f"{package}.") and order.index(room(target)) > order.index(room(module))
    ]
    assert upward == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_those_below_it(package: str) -> None:
    others = {target.partition(".")[0] for file in MODULES[package].values() for target in imports(file)} - {package}
    assert others <= UPWARD[package]


@pytest.mark.parametrize("package", LOWEST_FIRST)
def test_no_modules_import_each_other_in_a_circle(package: str) -> None:
    left = {module: set(imports(file)) - {module} for module, file in MODULES[package].items()}
    left = {module: {target for target in targets if target in left} for module, targets in left.items()}
    while free := [module for module, targets in left.items() if not targets & left.keys()]:
        for module in free:
            del left[module]
    assert left == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_folder_has_few_rooms(package: str) -> None:
    folders: dict[Path, int] = {}
    for file in MODULES[package].values():
        inner = file.parent if file.name == "__init__.py" else file
        if inner != PACKAGES[package] / package:
            folders[inner.parent] = folders.get(inner.parent, 0) + (inner.name != "__main__.py")
    assert {str(folder.relative_to(ROOT)): count for folder, count in folders.items() if count > MOST_ROOMS} == {}


@pytest.mark.parametrize("package", PACKAGES)
def test_a_module_has_one_purpose_and_few_lines(package: str) -> None:
    lines = {name: file.read_text(encoding="utf-8").count("\n") for name, file in MODULES[package].items()}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}
