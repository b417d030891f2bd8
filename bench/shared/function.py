"""The environment of the function where a measurement runs it in a process of its own."""

import os
from pathlib import Path

from oss_cdn_refresh_box.cdn import Cdn

FUNCTIONS = Path(__file__).parents[2] / "functions"


def environment(config: Path, cdn: Cdn, **more: str) -> dict[str, str]:
    """Our code, its configuration, the CDN to call and credentials; `more` are further variables."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(FUNCTIONS),
        "REFRESH_CONFIG": str(config),
        "CDN_ENDPOINT": cdn.url,
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "AK",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "SECRET",
        **more,
    }
