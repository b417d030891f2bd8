"""`python -m oss_cdn_refresh_box.demo`: exit 0 if every claim holds, 1 at the first one that does not."""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from oss_cdn_refresh_box.cloud import TEMPLATE, Cloud
from oss_cdn_refresh_box.demo.site import CONFIG
from oss_cdn_refresh_box.demo.stage import Failed, Stage, evening
from oss_cdn_refresh_box.demo.story import tell

WIDTH = 96  # columns, where there is no terminal or a wider one


def main(arguments: Sequence[str]) -> int:
    """Run the demo; returns the exit code."""
    options = argparse.ArgumentParser(prog="make demo", description="The main job, on a cloud in a box.")
    options.add_argument("--template", type=Path, default=TEMPLATE, help="the deployment to show")
    options.add_argument("--picture", type=Path, help="also write what is shown to this SVG file")
    chosen = options.parse_args(arguments)
    console = Console(highlight=False, record=bool(chosen.picture), force_terminal=bool(chosen.picture) or None)
    console.width = min(console.width, WIDTH) if console.is_terminal and not chosen.picture else WIDTH
    with Cloud(CONFIG, file=chosen.template, clock=evening()) as cloud:
        stage = Stage(console, cloud.clock)
        try:
            tell(cloud, stage)
        except Failed as failed:
            stage.fail(failed)
            return 1
    console.print('Next: README.md, "Deploy in five steps".')
    if chosen.picture:
        picture = console.export_svg(title="make demo", unique_id="demo")
        without_web_fonts = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL)
        chosen.picture.write_text(without_web_fonts, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
