"""Rules for what a person sets: something reads each name in `.env`, and settings of a site go together."""

from collections.abc import Iterator
from difflib import get_close_matches

from infra.reading.deployment import Written
from oss_cdn_refresh_cli.deployment.rules.finding import Finding
from oss_cdn_refresh_cli.deployment.rules.settings import dropped_variants

OURS = "REFRESH_"  # how the names of the project begin; others in `.env` are not ours to judge


def findings(written: Written) -> Iterator[Finding]:
    """What was set and has no effect."""
    known, file = written.template.asks, written.template.file.name
    for name, value in written.template.dotenv.items():
        if name.startswith(OURS) and name not in known:
            near = get_close_matches(name, known, n=1)
            remedy = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
            yield Finding(name, f"{file} does not read it", remedy, file=".env")
        if name.startswith(OURS) and "$" in value:  # dotenv-expand 10, which nothing else that reads the file does
            what = "s puts the value of a variable in place of a $"
            yield Finding(name, what, "write the value itself", file=".env")
    deployed = written.deployment
    if deployed.config:
        yield from dropped_variants(deployed.config, deployed.config_file)
    folders = {function.code: function for function in written.template.functions}
    for folder, function in folders.items():  # `s` reads a `.env` in the folder of the code as well, and uploads it
        if (folder / ".env").is_file():
            what = f"{folder.name}/.env would be read by s and uploaded with the code"
            yield Finding(f"{function.place}.code", what, f"move its lines into .env beside {file}")
