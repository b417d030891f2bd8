"""`make check-template`: checks that template, stack and configuration fit together and keep the CDN's limits.

Prints each finding as `<file>: <place>: <what>: <remedy>` and exits with 1; without a fault, prints the arithmetic of
the proof. Warnings begin with `warning: ` and do not stop a deployment.
"""

# ruff: noqa: T201 - a command speaks to people

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from infra import deployment
from infra.deployment import Written
from infra.rules import events, flow, inventory, logs, names, queues, rights, settings
from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh_cli.deployment.dotenv import UnreadableDotenv
from oss_cdn_refresh_cli.deployment.model import Deployment
from oss_cdn_refresh_cli.deployment.reading.variables import TemplateError
from oss_cdn_refresh_cli.deployment.rules import functions, oss_triggers, proof, queue_triggers
from oss_cdn_refresh_cli.deployment.rules import queues as kept
from oss_cdn_refresh_cli.deployment.rules import settings as variables
from oss_cdn_refresh_cli.deployment.rules.finding import Finding, Weight
from oss_cdn_refresh_cli.deployment.rules.rights import same_role

OF_FILES = (flow, settings, names, events, queues, rights, inventory, logs)
OF_ANY_DEPLOYMENT: tuple[Callable[[Deployment], Iterator[Finding]], ...] = (
    variables.environment,
    variables.preload,
    variables.endpoints,
    functions.functions,
    functions.layers,
    oss_triggers.oss_triggers,
    oss_triggers.event_triggers,
    queue_triggers.queue_triggers,
    queue_triggers.one_reader,
    kept.asynchronous,
    kept.stream_dead_letters,
    kept.retention,
    kept.visibility,
    same_role,
    proof.limits,
)


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Check one template; returns the exit code."""
    options = argparse.ArgumentParser(prog="make check-template", description="Check a template before it is deployed.")
    options.add_argument("template", nargs="?", type=Path, default=Path("template.yml"))
    options.add_argument("--config", type=Path, help="the configuration, where REFRESH_CONFIG lies in OSS")
    chosen = options.parse_args(arguments)
    try:
        written = deployment.read(chosen.template, environ, chosen.config)
        found = findings(written)  # some rules read further files
    except (TemplateError, UnreadableDotenv, ConfigurationError) as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}: name a file that can be read", file=sys.stderr)
        return 1
    faults = [finding for finding in found if finding.weight is not Weight.HINT]
    for finding in faults or found:
        kind = "" if faults else "warning: "
        file = finding.file or chosen.template.name
        print(f"{kind}{file}: {finding.place}: {finding.what}: {finding.remedy}", file=sys.stderr)
    if faults:
        return 1
    deployed = written.deployment
    sites = "sites not compared (--config names a copy)" if deployed.config is None else "sites, triggers, rights agree"
    if not deployed.watches_buckets:
        sites += ", no OSS trigger: event notifications of OSS have to bring the changes to the backlog"
    print(f"{chosen.template.name}: ok, {sites}; {'; '.join(map(str, proof.lines(deployed)))}")
    return 0


def findings(written: Written) -> list[Finding]:
    """The findings about a deployment as its files describe it."""
    found = [finding for rule in OF_FILES for finding in rule.findings(written)]
    found += (finding for rule in OF_ANY_DEPLOYMENT for finding in rule(written.deployment))
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
