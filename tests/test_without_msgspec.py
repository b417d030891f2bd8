"""If msgspec cannot be imported from the layer, large events are read without it, with the same result."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from test_bulk import PADDING, base64_of, cloud_event, message, parts
from world import EVENTS, payload

from oss_cdn_refresh import events

ROOT = Path(__file__).parents[1]
READ = """\
import sys
sys.path[:0] = [{broken!r}, {functions!r}]
from oss_cdn_refresh import events
record = {record!r}
reading = events.read(b"[" + b",".join([record] * 2000) + b"]")
print(len(reading.changes), "msgspec._core" in sys.modules)
"""
RECORD = b'{"messageBody":"{\\"events\\":[{\\"eventName\\":\\"oss:ObjectCreated:PutObject\\",\\"oss\\":{\\"bucket\\":'
RECORD += b'{\\"name\\":\\"my-site\\"},\\"object\\":{\\"key\\":\\"a.html\\"}}}]}"}'


def take_away(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    """Simulate an instance whose layer has no such module, or one that does not load."""
    monkeypatch.setitem(sys.modules, "oss_cdn_refresh.events.bulk", None)
    monkeypatch.delitem(sys.modules, "oss_cdn_refresh.events.bulk")
    monkeypatch.delattr(events, "bulk", raising=False)
    monkeypatch.setitem(sys.modules, module, None)


def as_it_is(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def in_messages(text: str) -> bytes:
    return json.dumps([message(text), cloud_event(text), message(base64_of(text)), cloud_event(text)]).encode()


@pytest.mark.parametrize("event", [as_it_is, in_messages])
@pytest.mark.parametrize("name", sorted(path.stem for path in EVENTS.glob("*.json")))
def test_every_large_payload_reads_the_same_without_msgspec(
    monkeypatch: pytest.MonkeyPatch, name: str, event: Callable[[str], bytes]
) -> None:
    large = event(payload(name).decode(errors="surrogatepass")) + PADDING
    with_it = parts(events.read(large))
    take_away(monkeypatch, "msgspec")
    assert parts(events.read(large)) == with_it


@pytest.mark.parametrize(
    "extension",
    [
        'raise ImportError("version `GLIBC_2.34\' not found", name="msgspec._core")',
        'raise ModuleNotFoundError("No module named \'msgspec._core\'", name="msgspec._core")',
    ],
    ids=["of another glibc", "of another Python"],
)
def test_a_msgspec_wheel_that_does_not_load_is_not_used(tmp_path: Path, extension: str) -> None:
    (tmp_path / "msgspec").mkdir()
    (tmp_path / "msgspec" / "__init__.py").write_text(extension, encoding="utf-8")
    script = READ.format(broken=str(tmp_path), functions=str(ROOT / "functions"), record=RECORD)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.stdout, done.stderr) == ("2000 False\n", "")


def test_an_import_error_in_our_own_code_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    take_away(monkeypatch, "oss_cdn_refresh.events.bulk")
    with pytest.raises(ImportError, match="bulk"):
        events.read(PADDING)
