"""`make check-template`: do template, stack and configuration fit together, and can they break the CDN's limits?

Prints each finding as `<file>: <place>: <what>: <remedy>` and exits with 1; else prints the proof's arithmetic.
Warnings begin with `warning: ` and stop nothing.
"""

# ruff: noqa: T201 - a command speaks to people

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from infra.reading import deployment
from infra.reading.variables import TemplateError
from infra.rules import (
    events,
    flow,
    functions,
    inventory,
    logs,
    names,
    proof,
    queues,
    rights,
    runtimes,
    settings,
)
from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh_cli.deployment.dotenv import UnreadableDotenv

RULES = (flow, settings, names, functions, runtimes, events, queues, rights, inventory, logs, proof)


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Check one template; returns the exit code."""
    options = argparse.ArgumentParser(prog="make check-template", description="Check a template before it is deployed.")
    options.add_argument("template", nargs="?", type=Path, default=Path("template.yml"))
    options.add_argument("--config", type=Path, help="the configuration, where REFRESH_CONFIG lies in OSS")
    chosen = options.parse_args(arguments)
    try:
        deployed = deployment.read(chosen.template, environ, chosen.config)
        found = [finding for rule in RULES for finding in rule.findings(deployed)]  # some read further files
    except (TemplateError, UnreadableDotenv, ConfigurationError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}: name a file that can be read", file=sys.stderr)
        return 1
    for finding in found:
        print(finding, file=sys.stderr)
    if found:
        return 1
    for warning in settings.warnings(deployed):
        print(f"warning: {warning}", file=sys.stderr)
    sites = "sites not compared (--config names a copy)" if deployed.config is None else "sites, triggers, rights agree"
    if not deployed.oss_triggers:
        sites += ", no OSS trigger: event notifications of OSS have to bring the changes to the backlog"
    print(f"{chosen.template.name}: ok, {sites}; {'; '.join(map(str, proof.lines(deployed)))}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
