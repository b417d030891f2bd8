"""Rules for settings: the template reads each name in `.env`, and the settings of a site fit together."""

from collections.abc import Iterator
from difflib import get_close_matches

from infra.deployment import Written
from oss_cdn_refresh_cli.deployment.rules.finding import Finding
from oss_cdn_refresh_cli.deployment.rules.settings import dropped_variants

OURS = "REFRESH_"  # the prefix of the project's names; other names in `.env` are not checked


def findings(written: Written) -> Iterator[Finding]:
    """Settings without an effect."""
    known, file = written.template.asks, written.template.file.name
    for name, value in written.template.dotenv.items():
        if name.startswith(OURS) and name not in known:
            near = get_close_matches(name, known, n=1)
            remedy = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
            yield Finding(name, f"{file} does not read it", remedy, file=".env")
        if name.startswith(OURS) and "$" in value:  # dotenv-expand 10; other readers of the file do not
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
