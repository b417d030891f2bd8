"""A setting without an effect is refused by the function, by `validate` and by `check-template`."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from command import ROOT, run
from world import SITE, World, event, record

from infra.check_template import main
from oss_cdn_refresh.model.errors import ConfigurationError

PLACES = ["handler", "initialize", "validate", "check-template"]
ALSO = {"when": "index.html", "directories": ["/"]}
WWW = {"prefix": "www/"}

SITES: dict[str, tuple[dict[str, Any], str]] = {
    "a bucket": ({"bucket": "My_Site"}, 'sites[0].bucket: "My_Site" is no name of a bucket: write 3 to 63 lower-case'),
    "a bucket with a dot": ({"bucket": "www.example.com"}, 'sites[0].bucket: "www.example.com" is no name of a bucket'),
    "a prefix": ({"prefix": "www"}, 'sites[0].prefix: "www" does not end with /: write "www/"'),
    "a prefix that is a path": (
        {"prefix": "/www/"},
        'sites[0].prefix: "/www/" begins with /, which no key of OSS does',
    ),
    "a prefix that is a glob": ({"prefix": "www/*"}, 'sites[0].prefix: "www/*" does not end with /: write "www/"'),
    "a path with //": ({"path": "/docs//"}, 'sites[0].path: "/docs//" has //: write a single /'),
    "a path with bad percent-encoding": ({"path": "/%zz/"}, 'sites[0].path: "/%zz/" has a % without two hex digits'),
    "a path with a dot segment": ({"path": "/a/%2e./"}, 'sites[0].path: "/a/%2e./" has a . or .. segment'),
    "a path of also with a dot segment": (
        {"also": [{**ALSO, "directories": ["/a/../"]}]},
        'sites[0].also[0].directories[0]: "/a/../" has a . or .. segment',
    ),
    "a directory": ({"exclude": ["drafts/"]}, '"drafts/" ends with /, and so matches folder objects alone: did you'),
    "a negation": (
        {"include": ["*", "!img/*"]},
        '"!img/*" begins with !, and a glob cannot exclude keys that another one matches',
    ),
    "a rooted glob": ({"exclude": ["/img/*"]}, '"/img/*" begins with /, which no key does: did you mean "img/*"?'),
    "a rooted glob in also": ({"also": [{**ALSO, "when": "/index.html"}]}, 'also[0].when: "/index.html" begins with /'),
    "braces in braces": ({"exclude": ["*.{map,{txt,md}}"]}, 'has braces inside braces: did you mean "*.{map,txt,md}"?'),
    "an empty part": ({"exclude": ["*.{map,}"]}, 'has an empty part in its braces: did you mean "*.map"?'),
    "braces without their end": ({"exclude": ["*.{map,txt"]}, 'a { that is not closed: did you mean "*.{map,txt}"?'),
    "a glob beside the prefix": ({**WWW, "exclude": ["drafts/*"]}, 'did you mean "www/drafts/*"?'),
    "an included glob beside the prefix": ({**WWW, "include": ["index.html"]}, 'did you mean "www/index.html"?'),
    "too many globs": ({"exclude": ["a"] * 1_001}, "sites[0].exclude: has 1,001 entries: write at most 1,000"),
    "a spelling": ({"spellings": ["browser", "uper"]}, 'sites[0].spellings[1]: "uper" is no word here: '),
    "null": ({"index": None}, "sites[0].index: is empty (null)"),
}
QUEUES = {"BACKLOG_QUEUE": "REFRESH_BACKLOG_QUEUE", "DEAD_LETTER_QUEUE": "REFRESH_DEAD_LETTER_QUEUE"}
NO_QUEUE, NO_BASE_URL = "is no name of a queue", "is no base URL: write https://host or https://host:port"
VARIABLES = [
    *((variable, name, NO_QUEUE) for variable in QUEUES for name in ("my_queue.backlog", "a" * 130, "-queue")),
    *(
        (variable, url, NO_BASE_URL)
        for variable in ("CDN_ENDPOINT", "SMQ_ENDPOINT", "OSS_ENDPOINT")
        for url in ("http://[::1", "http://h:abc", "http:", "http://", "https://:443", "ftp://h", "http://h:99999")
    ),
    ("CALLS_PER_SECOND", "9" * 5_000, "is no whole number"),
    *(
        ("CALLS_PER_SECOND", rate, "is no whole number")
        for rate in ("-1", "ten", "1.5", "\uff11\uff10", "\u00b2", "9" * 10)
    ),
]
MERGED = "".join(f"a{at}: &a{at} {{<<: [{', '.join([f'*a{at - 1}'] * 9)}]}}\n" for at in range(1, 9))
FILES = {
    "merge keys that multiply": (f"a0: &a0 {{k: v}}\n{MERGED}", "holds more than 100,000 values"),
    "a number of absurd length": (f"limits: {{urls_per_call: {'9' * 5_000}}}", "is a number of 5,000 characters"),
    "a hexadecimal of absurd length": (
        f"limits: {{urls_per_call: 0x{'f' * 5_000}}}",
        "is a number of 5,002 characters",
    ),
}


class Places(NamedTuple):
    """The function, the command and the deployment, with the same settings."""

    world: World
    template: Path
    output: pytest.CaptureFixture[str]

    def configure(self, text: str) -> None:
        """Write the configuration of all of them."""
        for file in (Path(self.world.environ["REFRESH_CONFIG"]), self.template.parent / "functions" / "config.yml"):
            file.write_text(text, encoding="utf-8")

    def set(self, variable: str, value: str) -> None:
        """Set a variable of the functions."""
        self.world.environ[variable] = value
        document = yaml.safe_load(self.template.read_text(encoding="utf-8"))
        for function in ("refresh", "drain"):
            document["resources"][function]["props"]["environmentVariables"][variable] = value
        self.template.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")

    def refusals(self) -> dict[str, str]:
        """The message of each place; none of them sends a request."""
        world, told = self.world, []
        for enter in (
            lambda: world.invoke(event(record())),
            lambda: world.instance.prepare(world.context, world.environ),
        ):
            with pytest.raises(ConfigurationError) as refused:
                enter()
            told.append(str(refused.value))
        result = run("validate", environ=world.environ, clock=world.clock)
        assert (result.exit_code, world.cdn.calls, world.backlog) == (2, [], [])
        self.output.readouterr()
        assert main([str(self.template)], {}) == 1
        texts = [*told, result.stderr, self.output.readouterr().err]
        return dict(zip(PLACES, (" ".join(text.split()) for text in texts), strict=True))


@pytest.fixture
def places(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Places:
    folder = tmp_path / "deployment"
    (folder / "functions").mkdir(parents=True)
    (folder / "infra").symlink_to(ROOT / "infra")
    (folder / "template.yml").write_text((ROOT / "template.yml").read_text(encoding="utf-8"), encoding="utf-8")
    there = Places(world, folder / "template.yml", capsys)
    there.configure(yaml.safe_dump({"sites": [SITE]}))
    return there


def test_right_settings_are_accepted_everywhere(places: Places) -> None:
    assert places.world.invoke(event(record()))["refreshed"] == 1
    assert run("validate", environ=places.world.environ, clock=places.world.clock).exit_code == 0
    assert main([str(places.template)], {}) == 0


@pytest.mark.parametrize("name", SITES)
def test_a_wrong_site_is_refused_everywhere(places: Places, name: str) -> None:
    site, message = SITES[name]
    places.configure(yaml.safe_dump({"sites": [{**SITE, **site}]}, allow_unicode=True))
    assert [place for place, told in places.refusals().items() if message not in told] == []


@pytest.mark.parametrize("name", FILES)
def test_a_wrong_file_is_refused_everywhere(places: Places, name: str) -> None:
    text, message = FILES[name]
    places.configure(text)
    assert [place for place, told in places.refusals().items() if message not in told] == []


@pytest.mark.parametrize(("variable", "value", "message"), VARIABLES, ids=lambda text: text[:30])
def test_a_wrong_variable_is_refused_everywhere(places: Places, variable: str, value: str, message: str) -> None:
    places.set(variable, value)
    refused = places.refusals().items()
    assert [place for place, told in refused if message not in told or variable not in told] == []


@pytest.mark.parametrize("level", ["debug", "TRACE", "WARN", "info ", "0", "x" * 5_000])
def test_an_unknown_level_is_a_warning_everywhere_and_stops_nothing(places: Places, level: str) -> None:
    places.set("LOG_LEVEL", level)
    assert places.world.invoke(event(record()))["refreshed"] == 1
    assert any("log_level_unknown" in line for line in places.world.logged)
    result = run("validate", environ=places.world.environ, clock=places.world.clock)
    assert (result.exit_code, "LOG_LEVEL: " in result.stderr, len(result.stderr) < 500) == (0, True, True)
    places.output.readouterr()
    assert main([str(places.template)], {}) == 0
    told = places.output.readouterr().err
    assert (told.startswith("warning: "), "LOG_LEVEL" in told, len(told) < 1_000) == (True, True, True)


@pytest.mark.parametrize("variable", ["CDN_ENDPOINT", "SMQ_ENDPOINT", "OSS_ENDPOINT"])
def test_a_password_in_an_endpoint_is_shown_nowhere(places: Places, variable: str) -> None:
    places.set(variable, "https://AK:PASSWORD@h")
    assert [place for place, told in places.refusals().items() if "PASSWORD" in told or variable not in told] == []
