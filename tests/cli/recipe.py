"""Runs a recipe, a page of docs/recipes, from its first block to its last, on a deployment and a cloud of its own.

A page shows commands as people type them, and the output below the command that prints it. Each kind of block has a
method of `Recipe`. A block or a command of another kind is an error, so that the test runs everything on a page.
"""

import io
import itertools
import json
import re
import shlex
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import yaml
from click.testing import Result
from command import run
from pages import EXAMPLE, ROOT

from infra import check_template
from oss_cdn_refresh.events.change import Change
from oss_cdn_refresh.mapping.sites import items_of
from oss_cdn_refresh.settings.config_file import parse
from oss_cdn_refresh_box.cloud import ACCOUNT, Cloud
from oss_cdn_refresh_box.demo import clients
from oss_cdn_refresh_cli.deployment import dotenv

BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
A_VARIABLE = re.compile(r"[A-Z_]+=\S*")
A_VARIABLE_OF_THE_TEMPLATE = re.compile(r" +[A-Z_]+: '\d+'\n")
ANY_LINES = "…"  # a line of shown output that stands for any lines
ASKS_THE_EDGE = {"audit", "explain", "wait"}
BEHIND = 800.0  # seconds; the SDKs sign with the machine's time, and a service accepts a difference of 900
SWITCH = "CDN cache auto refresh"  # on a page about this switch of OSS, the switch is on
UNTIL_THE_LOOK_UP = 400.0  # seconds; `confirm.after` is 360, and the event stream collects messages for 15 s
OLD = 3_600.0  # seconds; older than the audit's grace

NOT_RUN = {  # the beginnings of commands that need an account, a network or another program
    "aliyun ": "the command line of Alibaba Cloud",
    "curl ": "a visitor's request, or a download",
    "git ": "a repository",
    "make deploy": "publishes a layer and calls s",
    "python -m pip install ": "installs from the network",
    "s config add ": "Serverless Devs",
    "s refresh logs ": "Serverless Devs",
    "s deploy": "Serverless Devs",
    "s refresh remove ": "Serverless Devs",
    "unzip ": "unpacks a download",
    "echo ": "a value for later steps of a workflow",
}
SCRIPTS = {"Upload and delete what changed"}  # steps that tests/cli/test_publish_workflow.py runs in a shell
ACTIONS = re.compile(r"actions/[a-z-]+@v\d+")


class Shown(NamedTuple):
    """A fenced block: its language and its text."""

    language: str
    text: str


def shown(page: str) -> Iterator[Shown]:
    """The blocks of a page, in their order."""
    for language, text in BLOCK.findall(page):
        yield Shown(language, text)


def _lines(text: str) -> list[str]:
    """The lines of an output; columns may be wider than on the page."""
    return [" ".join(line.split()) for line in text.strip().splitlines()]


def agrees(printed: list[str], shown: list[str]) -> bool:
    """Whether the printed lines agree with the shown ones; `ANY_LINES` stands for any lines."""
    if ANY_LINES not in shown:
        return printed == shown
    at = 0
    for line in shown:
        if line != ANY_LINES:
            if line not in printed[at:]:
                return False
            at = printed.index(line, at) + 1
    return at == len(printed) or shown[-1] == ANY_LINES


class Recipe:
    """A deployment in a folder, which is the working directory, and a cloud as soon as a command needs one."""

    def __init__(self, page: str, folder: Path) -> None:
        self.folder = folder
        self._page = page
        self._blocks = list(shown(page))
        self._objects = [
            line for _, objects in EXAMPLE.findall(page) for line in objects.splitlines() if line[:1].strip()
        ]
        self._file = "config.yml"
        self._source = (ROOT / "functions" / "config.yml").read_text(encoding="utf-8")
        self._config: dict[str, Any] = yaml.safe_load(self._source)
        self._stack = ExitStack()
        self._cloud: Cloud | None = None
        self._bodies = itertools.count()
        for name in ("template.yml", "s.yaml"):
            shutil.copy(ROOT / name, folder / name)
        for name in ("infra", "docs"):
            (folder / name).symlink_to(ROOT / name)
        (folder / "functions").mkdir()
        for name in ("refresh.py", "oss_cdn_refresh"):
            (folder / "functions" / name).symlink_to(ROOT / "functions" / name)
        shutil.copy(ROOT / "functions" / "config.yml", folder / "functions")
        for name in ("keys.txt", "changed.txt", "deleted.txt"):
            (folder / name).write_text("".join(f"{each}\n" for each in self._objects), encoding="utf-8")

    def run(self) -> None:
        """Run all blocks of the page."""
        with self._stack:
            for block in self._blocks:
                getattr(self, f"_{block.language}")(block.text)

    def _yaml(self, text: str) -> None:
        if "\nsites:" in f"\n{text}":
            self._configure(text)
        elif "\njobs:" in text:
            self._workflow(yaml.safe_load(text))
        elif text.lstrip().startswith("- triggerName:"):
            self._trigger(text)
        elif A_VARIABLE_OF_THE_TEMPLATE.fullmatch(text):
            self._set(text)
        else:
            raise AssertionError(f"no test knows this kind of block: {text}")

    def _sh(self, text: str) -> None:
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        if all(A_VARIABLE.fullmatch(line) for line in lines):
            (self.folder / ".env").write_text(text, encoding="utf-8")
            self._file = dotenv.read(self.folder / ".env").get("REFRESH_CONFIG", "config.yml")
            (self.folder / "functions" / self._file).write_text(self._source, encoding="utf-8")
            self._restart()
            return
        for line in lines:
            for command in line.split(" && "):
                self._command(command)

    def _text(self, text: str) -> None:
        if not text.startswith("$ "):
            return  # the items of a configuration, which tests/test_readme.py compares
        command, _, output = text.removeprefix("$ ").partition("\n")
        if re.fullmatch(r"s (refresh|drain) logs --tail", command):
            self._logged(command.split()[1], output)
            return
        printed = self._command(command, exits=False)
        assert agrees(_lines(printed), _lines(output)), f"$ {command}\n{printed}"

    def _configure(self, text: str) -> None:
        parse(text, "config.yml")
        self._source, self._config = text, yaml.safe_load(text)
        (self.folder / "functions" / self._file).write_text(text, encoding="utf-8")
        self._restart()

    def _trigger(self, text: str) -> None:
        """A trigger of EventBridge replaces the trigger of OSS; further triggers of OSS follow it."""
        file = self.folder / "template.yml"
        template = file.read_text(encoding="utf-8")
        begin = template.index("        - triggerName: objects-changed")
        end = template.index("\n  drain:")
        before = template[: begin if "triggerType: eventbridge" in text else end].rstrip()
        file.write_text(f"{before}\n{text}\n{template[end:].lstrip(chr(10))}", encoding="utf-8")
        self._restart()

    def _set(self, line: str) -> None:
        """A line of the template with another value."""
        file = self.folder / "template.yml"
        template, name = file.read_text(encoding="utf-8"), line.partition(":")[0]
        assert len(re.findall(rf"^{name}:", template, re.MULTILINE)) == 1, line
        file.write_text(re.sub(rf"^{name}:.*\n", line, template, flags=re.MULTILINE), encoding="utf-8")
        self._restart()

    def _workflow(self, workflow: Mapping[str, Any]) -> None:
        """A workflow of GitHub Actions; in YAML 1.1, the key `on` means true."""
        assert set(workflow) <= {"name", True, "concurrency", "permissions", "env", "jobs"}
        for job in workflow["jobs"].values():
            for step in job["steps"]:
                assert ("run" in step) != ("uses" in step), step
                assert ACTIONS.fullmatch(step.get("uses", "actions/checkout@v4")), step
                if step.get("name") in SCRIPTS:
                    self._upload(f"oss://{self._objects[0].partition('/')[0]}/")
                else:
                    self._sh(step.get("run", ""))

    def _command(self, command: str, *, exits: bool = True) -> str:
        """Run a command; returns what it printed. exits: whether it must exit with 0."""
        words = shlex.split(command, comments=True)
        if words[0] == "oss-cdn-refresh":
            result = self._operate(words[1:])
            code, printed = result.exit_code, result.output
        elif words[:2] == ["make", "check-template"]:
            printed, code = self._check(words[2:])
        elif words[:2] == ["ossutil", "cp"]:
            self._upload(words[-1])
            return ""
        elif words[0] == "cp":
            shutil.copy(self.folder / words[1], self.folder / words[2])
            return ""
        else:
            assert any(command.startswith(known) for known in NOT_RUN), f"no test knows this command: {command}"
            return ""
        assert code == 0 or not exits, f"$ {command}\n{printed}"
        return printed

    def _check(self, words: list[str]) -> tuple[str, int]:
        arguments = shlex.split(words[0].removeprefix("ARGS=")) if words else []
        said = io.StringIO()
        with redirect_stdout(said), redirect_stderr(said):
            code = check_template.main(arguments, {})
        return said.getvalue(), code

    def _operate(self, words: list[str]) -> Result:
        """Run `oss-cdn-refresh`. The stand-in edge speaks http: the sites get http, and the output gets https again."""
        if words[0] in {"validate", "plan", "settings"}:
            return run(*words, environ={}, clock=self.cloud.clock)
        if words[0] == "audit":
            self._later(UNTIL_THE_LOOK_UP)  # the audit skips objects that were changed within its grace
        given = [word.replace("https:", "http:") for word in words]
        if words[0] in ASKS_THE_EDGE or "--wait" in words:
            given += ["--connect-to", urlsplit(self.cloud.edge.url).netloc]
        result = run(*given, environ=self._environ(), clock=self.cloud.clock)
        result.stdout_bytes = result.stdout_bytes.replace(b"http:", b"https:")
        result.output_bytes = result.output_bytes.replace(b"http:", b"https:")
        self._later(60)
        return result

    def _environ(self) -> dict[str, str]:
        config = self.folder / "served.yml"
        config.write_text(yaml.safe_dump(self._served), encoding="utf-8")
        return {
            "CDN_ENDPOINT": self.cloud.cdn.url,
            "DCDN_ENDPOINT": self.cloud.dcdn.url,
            "ESA_ENDPOINT": self.cloud.esa.url,
            "SMQ_ENDPOINT": self.cloud.smq.url,
            "OSS_ENDPOINT": self.cloud.oss.url,
            "FUNCTION_COMPUTE_ENDPOINT": self.cloud.api.url,
            "RAM_ENDPOINT": self.cloud.ram.url,
            "STS_ENDPOINT": self.cloud.ram.url,
            "ALIBABA_CLOUD_ACCOUNT_ID": ACCOUNT,
            "REFRESH_CONFIG": str(config),
            "XDG_STATE_HOME": str(self.folder),
        }

    @property
    def _served(self) -> dict[str, Any]:
        return {**self._config, "sites": [{**site, "scheme": "http"} for site in self._config["sites"]]}

    @property
    def cloud(self) -> Cloud:
        """The page's deployment so far, with the objects that it shows in the bucket and in the edge's cache."""
        if self._cloud is None:
            variables = dotenv.read(self.folder / ".env")
            variables = {name: value for name, value in variables.items() if name != "REFRESH_CONFIG"}
            self._cloud = self._stack.enter_context(
                Cloud(self._served, file=self.folder / "template.yml", variables=variables)
            )
            self._cloud.clock.advance(time.time() - BEHIND - OLD - self._cloud.clock.now())
            for stored in self._objects:
                bucket, _, key = stored.partition("/")
                if bucket in {site["bucket"] for site in self._config["sites"]}:
                    self._cloud.oss.stock(bucket, {key: b"old"})
            self._cloud.clock.advance(OLD)
            if SWITCH in self._page:
                for site in self._config["sites"]:
                    self._cloud.oss.cnames.setdefault(site["bucket"], {}).update(dict.fromkeys(site["domains"], True))
        return self._cloud

    def _restart(self) -> None:
        self._stack.close()
        self._cloud = None

    def _upload(self, target: str) -> None:
        """Write an object, or the first one of a bucket for a folder, and let the function refresh it."""
        bucket, _, key = target.removeprefix("oss://").partition("/")
        name = key or next(each for each in self._objects if each.startswith(f"{bucket}/")).partition("/")[2]
        items, _ = items_of(Change(bucket, name, "ObjectCreated:PutObject"), parse(self._source, self._file))
        for item in items:
            self.cloud.visit(item.url.replace("https:", "http:"))
        with clients.bucket(self.cloud, bucket) as opened:
            opened.put_object(name, f"new {next(self._bodies)}")
        self.cloud.settle()

    def _later(self, seconds: float) -> None:
        self.cloud.clock.advance(seconds)
        self.cloud.settle()

    def _logged(self, function: str, lines: str) -> None:
        """Each shown line has the fields of a line that the function has written."""
        if function == "drain":
            self._later(UNTIL_THE_LOOK_UP)
        written = [
            json.loads(record[record.index("{") :].replace("http:", "https:"))
            for invocation in self.cloud.compute.functions[function].invocations
            for record in invocation.log
            if "{" in record
        ]
        for line in lines.splitlines():
            wanted = json.loads(line).items()
            assert any(wanted <= each.items() for each in written), f"{line} is not in {written}"
