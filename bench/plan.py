"""The plan for a million changed of two million live objects, against reading both lists into sets.

In 50,000 directories, with 100 directories and 10,000 URLs left of the day. Each in a process of its own, from its
start to its end; the peak memory is what Linux keeps of it.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from bench.shared.pairs import Result, in_turn

ROOT = Path(__file__).parent.parent
RUNS = 3
DIRECTORIES = 50_000
LIVE = 2_000_000
CHANGED = 1_000_000
MOST_MB = 2_000
SETS = "import sys\nfor name in sys.argv[1:]:\n    with open(name) as file:\n        print(len(set(file)))"
PEAK = "import re; print(re.search(r'VmHWM:\\s*(\\d+) kB', open('/proc/self/status').read())[1], file=sys.stderr)"
PLAN = f"import sys\nfrom oss_cdn_refresh_cli.cli import main\ntry:\n    main()\nexcept SystemExit:\n    pass\n{PEAK}"


def results() -> Iterator[Result]:
    """Time and memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config, changed, live = folder / "config.yml", folder / "changed.txt", folder / "live.txt"
        config.write_text(json.dumps({"sites": [{"bucket": "my-site", "domains": ["www.example.com"]}]}))
        _write(changed, live)
        words = ["plan", "--json", "--config", config, "--keys", changed, "--inventory", live]
        peaks: list[int] = []

        def plan() -> float:
            seconds, told = _timed(PLAN, *map(str, words))
            peaks.append(int(told))
            return seconds

        sets, planned = in_turn(RUNS, lambda: _timed(SETS, str(changed), str(live))[0], plan)
    figures = f"{planned:.1f} s against {sets:.1f} s"
    yield Result("1000000-changes-planned/sets", planned / sets, 8.0, figures)  # the function's own mapping and planner
    megabytes = max(peaks) * 1024 / 1e6
    yield Result("1000000-changes-planned/2-gb", megabytes / MOST_MB, 1.0, f"{megabytes:.0f} MB")


def _timed(code: str, *words: str) -> tuple[float, str]:
    """How long a process takes, in seconds, and what it says on stderr."""
    began = time.monotonic()
    run = subprocess.run(  # noqa: S603 - our own code, on purpose in a process of its own
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'functions'}:{ROOT}", "PATH": ""},
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    return time.monotonic() - began, run.stderr


def _write(changed: Path, live: Path) -> None:
    """Two lists of objects; directories differ in size, and in how much of them changed."""
    random = Random(1)  # noqa: S311 - a seed repeats it
    tops = [f"top{number}/" for number in range(60)]
    weights = [random.paretovariate(1) for _ in tops]
    names: set[str] = set()
    while len(names) < DIRECTORIES:
        depth = random.randrange(1, 5)
        (top,) = random.choices(tops, weights)
        names.add(top + "".join(f"dir{random.randrange(12)}/" for _ in range(depth)))
    ordered = sorted(names)
    shares = [random.random() ** 3 for _ in ordered]
    sizes = [random.paretovariate(1.3) for _ in ordered]
    objects = [f"oss://my-site/{name}image-" for name in random.choices(ordered, sizes, k=LIVE)]
    keys = [f"{start}{number}.jpg" for number, start in enumerate(objects)]
    share = dict(zip((f"oss://my-site/{name}image-" for name in ordered), shares, strict=True))
    first = sorted(range(LIVE), key=lambda number: share[objects[number]] - random.random(), reverse=True)
    live.write_text("\n".join(keys) + "\n")
    changed.write_text("\n".join(keys[number] for number in first[:CHANGED]) + "\n")
