"""The package works where it is installed: in a new environment of each Python, outside the clone."""

import json
import re
from pathlib import Path

from packed import ROOT, VERSION, Packed, module, run, succeed
from pythons import Installed

PAGE = (ROOT / "docs" / "pypi.md").read_text(encoding="utf-8")
IMPORTS = """\
import importlib, pkgutil, sys
for top in sys.argv[1:]:
    package = importlib.import_module(top)
    for module in pkgutil.walk_packages(package.__path__, f"{top}."):
        if not module.name.endswith((".__main__", ".pytest_plugin")):
            importlib.import_module(module.name)
"""
NAMED = """\
import ast, importlib.util, pathlib, sys
found = set()
for top in sys.argv[1:]:
    folder = pathlib.Path(importlib.util.find_spec(top).origin).parent
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found.add(node.module.partition(".")[0])
print(*sorted(name for name in found if importlib.util.find_spec(name) is None))
"""
HELP = """\
from click.testing import CliRunner
from oss_cdn_refresh_cli.cli import COMMANDS, main
for module in COMMANDS:
    done = CliRunner().invoke(main, [module.rpartition(".")[2], "--help"])
    assert done.exit_code == 0, f"{module}: {done.output}"
"""
CONSUMER = """\
from oss_cdn_refresh.model.item import Item
from oss_cdn_refresh_cli.shared.errors import Exit


def exit_code(found: bool) -> Exit:
    return Exit.FOUND if found else Exit.DONE


reveal_type(Item)
reveal_type(exit_code(found=True).value)
exit_code("yes")
"""
RECORD = {"event": "summary", "level": "INFO", "request_id": "1", "changes": 1, "urls": 2, "refreshed": 2}
LINE = json.dumps({"__time__": "1795320000", "message": json.dumps(RECORD), "functionName": "refresh"})


def test_the_command_prints_the_version_of_pyproject(installed: Installed, tmp_path: Path) -> None:
    assert succeed(installed.command, "--version", folder=tmp_path) == f"oss-cdn-refresh, version {VERSION}\n"


def test_the_example_of_the_page_on_pypi_prints_the_output_of_the_page(installed: Installed, tmp_path: Path) -> None:
    ((calls, answer),) = re.findall(r"```sh\n(cat .*?)```\n\n```text\n(.*?)```", PAGE, re.DOTALL)
    path = f'PATH="{installed.command.parent}:$PATH"'
    assert succeed("bash", "-ec", f"{path}\n{calls}", folder=tmp_path) == answer


def ours(installed: Installed, packed: Packed) -> list[str]:
    """The packages whose dependencies are installed: the cloud in a box needs an extra."""
    return [name for name in packed.packages if installed.extras or name != "oss_cdn_refresh_box"]


def test_every_module_can_be_imported(installed: Installed, packed: Packed, tmp_path: Path) -> None:
    succeed(installed.python, "-c", IMPORTS, *ours(installed, packed), folder=tmp_path)


def test_every_package_that_a_function_imports_late_is_installed(
    installed: Installed, packed: Packed, tmp_path: Path
) -> None:
    missing = succeed(installed.python, "-c", NAMED, *ours(installed, packed), folder=tmp_path).split()
    assert missing == (["pytest"] if installed.extras else ["pygal"])  # pytest itself loads the plug-in


def test_every_command_has_its_help(installed: Installed, tmp_path: Path) -> None:
    succeed(installed.python, "-c", HELP, folder=tmp_path)


def test_report_makes_its_page_where_its_extra_is_installed(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "log.json").write_text(LINE, encoding="utf-8")
    done = run(installed.command, "report", "--from-logs", "log.json", "-o", "report.html", folder=tmp_path)
    assert (done.returncode == 0, (tmp_path / "report.html").exists()) == (installed.extras, installed.extras), done


def test_a_program_that_uses_the_packages_sees_their_types(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "consumer.py").write_text(CONSUMER, encoding="utf-8")
    words = ("--strict", "--config-file=", "--cache-dir", tmp_path, "--python-executable", installed.python)
    done = run(*module("mypy", *words, "consumer.py"), folder=tmp_path)
    assert re.findall(r"\[([a-z-]+)\]$", done.stdout, re.MULTILINE) == ["arg-type"], done.stdout
