"""The built package with the real `s` (init, preview, verify), and its application in the cloud in a box."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml
from real_s import ALL, Application

from infra import deployment
from infra.check_template import findings
from oss_cdn_refresh.settings.config_file import parse
from oss_cdn_refresh_box.cloud import ACCOUNT, Cloud
from oss_cdn_refresh_box.demo import clients
from oss_cdn_refresh_cli.deployment.reading import template

pytestmark = pytest.mark.node

Initialised = Callable[[str], Application]

RENDERED = ("s.yaml", "template.yml", ".env", "functions/config.yml")
HEADERS = "oss:ObjectModified:UpdateObjectMeta"
UNREACHABLE = ("ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "no answer within")


@contextmanager
def changed(file: Path, text: str) -> Iterator[None]:
    """Replaces the content of a file until the end of the block."""
    before = file.read_text(encoding="utf-8")
    file.write_text(text, encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(before, encoding="utf-8")


def test_every_file_of_the_package_is_there(application: Application, package: Path) -> None:
    source = package / "src"
    files = (file.relative_to(source).as_posix() for file in source.rglob("*") if file.is_file())
    assert application.files == {name.removesuffix(".stpl") for name in files}


@pytest.mark.parametrize("name", RENDERED)
@pytest.mark.parametrize("left", ["{{", "<%", "undefined", "default-suffix"])
def test_a_rendered_file_holds_only_values(application: Application, name: str, left: str) -> None:
    assert left not in application.text(name)


@pytest.mark.parametrize("name", ["s.yaml", "template.yml"])
def test_check_template_finds_nothing(application: Application, name: str) -> None:
    assert findings(deployment.read(application.folder / name, {})) == []


def test_the_configuration_has_the_given_bucket_and_domains(named: Application) -> None:
    (site,) = parse(named.text("functions/config.yml").encode(), "config.yml").sites
    assert (site.bucket, ",".join(site.domains)) == (ALL["bucket"], ALL["domains"])


def test_two_installations_with_the_required_parameters_have_names_of_their_own(initialised: Initialised) -> None:
    names = {initialised(given).resolved["vars"]["name"] for given in ("the required ones", "them again")}
    assert len(names) == 2


def test_without_the_env_file_s_has_the_same_values(application: Application) -> None:
    expected = application.resolved
    with changed(application.folder / ".env", ""):
        assert application.preview() == expected


def test_a_line_of_the_env_file_takes_precedence(named: Application) -> None:
    text = named.text(".env").replace("our-site", "another-site")
    with changed(named.folder / ".env", text):
        assert named.preview()["vars"]["bucket"] == "another-site"


@pytest.mark.parametrize(("name", "has"), [("all parameters", True), ("the required ones", False)])
def test_the_event_of_headers_is_there_where_the_region_has_it(initialised: Initialised, name: str, has: bool) -> None:
    trigger = initialised(name).resolved["resources"]["refresh"]["props"]["triggers"][0]
    assert (HEADERS in trigger["triggerConfig"]["events"]) == has


def test_s_and_check_template_read_the_same_deployment(application: Application, tmp_path: Path) -> None:
    file = tmp_path / "resolved.yml"
    file.write_text(yaml.safe_dump(application.resolved, sort_keys=False), encoding="utf-8")
    ours = template.load(application.folder / "template.yml", environ={}, account=ACCOUNT)
    code = application.folder / "./functions"
    theirs = template.load(file, environ={}, account=ACCOUNT)
    functions = tuple(function._replace(code=code) for function in theirs.functions)
    assert (functions, theirs.stacks, theirs.order) == (ours.functions, ours.stacks, ours.order)


def test_the_code_runs_with_nothing_but_the_packages_beside_it(application: Application) -> None:
    """-I -S: no environment, no packages of this machine."""
    root = application.folder / "functions"
    code = f"""
import sys
sys.path.insert(0, {str(root)!r})
import refresh, requests, certifi
class Credentials:
    access_key_id, access_key_secret, security_token = "id", "secret", "token"
class Context:
    region, account_id, request_id, function = "cn-hangzhou", "123", "1", None
    credentials = Credentials()
print(refresh.handler(b"[]", Context())["changes"], requests.__file__)
"""
    command = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the code above
    assert done.stdout.split() == ["0", str(root / "requests" / "__init__.py")], done.stderr


def test_the_code_of_the_package_imports_its_own_packages(package: Path) -> None:
    """This needs no `s`. On another Python than the runtime's, msgspec has the wrong version, and is not used."""
    root = package / "src" / "functions"
    names = ("requests", "urllib3", "certifi", "yaml")
    code = f"import sys; sys.path.insert(0, {str(root)!r}); import refresh, {', '.join(names)}"
    code += f"; print(*(sys.modules[name].__file__ for name in {names}), sep='\\n')"
    command = [sys.executable, "-I", "-S", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the code above
    assert done.stdout.splitlines() == [str(root / name / "__init__.py") for name in names], done.stderr


def test_each_package_brings_its_licence(package: Path) -> None:
    notes = sorted((package / "src" / "functions").glob("*.dist-info"))
    assert (len(notes) > 0, [each.name for each in notes if not [*each.rglob("LICEN[CS]E*")]]) == (True, [])


def test_a_change_is_refreshed_in_the_cloud_in_a_box(named: Application, tmp_path: Path) -> None:
    """With the functions, triggers, queues and rights that `s` would deploy, and the application's configuration."""
    document = named.resolved
    for name in ("refresh", "drain"):
        document["resources"][name]["props"]["code"] = str(named.folder / "functions")
    file = tmp_path / "resolved.yml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    config = yaml.safe_load(named.text("functions/config.yml"))
    with Cloud(config, file=file) as cloud, clients.bucket(cloud, ALL["bucket"]) as bucket:
        served = []
        for body in ("old", "new"):
            bucket.put_object("index.html", body)
            cloud.settle()
            served.append(cloud.visit("https://static.example.org/").body)
    assert served == [b"old", b"new"]


def test_s_verify_accepts_it(application: Application) -> None:
    """`s` loads the components fc3 and ros from its registry; no registry of packages has them."""
    done = application.s.run(application.folder, "verify")
    said = done.stdout + done.stderr
    if done.returncode != 0 and any(word in said for word in UNREACHABLE):
        why = next(line.strip() for line in said.splitlines() if any(word in line for word in UNREACHABLE))
        pytest.skip(f"s verify cannot load the components fc3 and ros: {why}")
    assert done.returncode == 0, said
