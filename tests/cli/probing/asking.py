"""Asks the probe one question, in tests of questions without a clear answer."""

import json

from probed import Probed


def ask(probed: Probed, name: str) -> tuple[str, str]:
    """The kind of the answer, and the observation."""
    (found,) = json.loads(probed.run("--json", "--only", name).stdout)["questions"]
    return found["answer"], found["seen"]
