"""May we, and can we? The configuration, the credentials, the clock, and the endpoints."""

from types import SimpleNamespace

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.settings import environment
from oss_cdn_refresh_cli.deployment.rules.settings import dropped_variants, endpoints
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.findings import Finding, failure, judged, ok, unchecked, warning
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem
from oss_cdn_refresh_cli.doctor.reader import Service
from oss_cdn_refresh_cli.operation.credentials import WHAT_TO_DO
from oss_cdn_refresh_cli.shared.output import counted

REFUSED_FROM = 900  # s that a clock may be off; "Request syntax and signature method V3", 15 minutes
WORTH_SAYING = 60  # s
USED_BY_THE_FUNCTION = (Service.CDN, Service.FUNCTION_COMPUTE, Service.OSS, Service.SMQ)


def config(facts: Facts) -> list[Finding]:
    """The configuration and the settings of the command."""
    check = "config"
    unset = dict.fromkeys(each for each in (*facts.endpoints.values(), *facts.problems) if isinstance(each, Problem))
    found = [failure(check, each.told, each.own_remedy) for each in unset if each.kind is Kind.CONFIG]
    try:
        environment.read(SimpleNamespace(), facts.told.environ)
    except ConfigurationError as error:
        problem = Problem.of_configuration(error)
        found.append(failure(check, problem.told, problem.own_remedy))
    if isinstance(facts.config, Problem):
        wrong = facts.config.kind is Kind.CONFIG
        return [
            *found,
            failure(check, facts.config.told, facts.config.own_remedy) if wrong else unchecked(check, facts.config),
        ]
    dropped = dropped_variants(facts.config, facts.told.config)
    found += [warning(check, f"{each.file}: {each.place}: {each.what}", each.remedy) for each in dropped]
    sites, domains = counted(len(facts.config.sites), "site"), counted(len(facts.config.domains), "domain")
    return found or [ok(check, f"{sites} and {domains}")]


def credentials(facts: Facts) -> list[Finding]:
    """The credentials with which the command asks."""
    check = "credentials"
    if isinstance(facts.who, Problem):
        return [failure(check, facts.who.told, WHAT_TO_DO)]
    refused = {problem.code: problem for problem in facts.problems if problem.kind is Kind.CREDENTIALS}
    if refused:
        return [failure(check, problem.why, _renewal(code)) for code, problem in refused.items()]
    mute = {problem.service for problem in facts.problems if problem.kind is Kind.CLOCK}
    took = [service.value for service in Service if service in facts.answered and service.value not in mute]
    if isinstance(facts.identity, Problem):
        if not took:
            return [unchecked(check, facts.identity)]
        return [ok(check, f"taken by {', '.join(took)}; whose they are is not known: {facts.identity.why}")]
    owner = str(facts.identity.get("AccountId") or "")
    if facts.told.account and owner and owner != facts.told.account:
        what = f"they belong to account {owner}, and ALIBABA_CLOUD_ACCOUNT_ID is {facts.told.account}"
        return [failure(check, what, "set ALIBABA_CLOUD_ACCOUNT_ID, or take credentials of that account")]
    return [ok(check, str(facts.identity.get("Arn") or f"of account {owner}"))]


def clock(facts: Facts) -> list[Finding]:
    """The clock of this machine, against the cloud's."""
    check, remedy = "clock", "set the clock of this machine, and let it be kept right (NTP)"
    refused = [problem for problem in facts.problems if problem.kind is Kind.CLOCK]
    if refused:
        services = ", ".join(dict.fromkeys(problem.service for problem in refused))
        return [failure(check, f"{services}: {refused[0].code}: the clock is off by more than 15 minutes", remedy)]
    if isinstance(facts.quotas, Problem):
        return [unchecked(check, facts.quotas)]
    if facts.quotas.date is None:
        return [unchecked(check, Problem(Kind.OTHER, "the CDN did not tell its time"))]
    off = round(facts.now - facts.quotas.date)
    what = f"{abs(off)} s {'ahead of' if off > 0 else 'behind'} the CDN's clock"
    if abs(off) >= REFUSED_FROM:
        return [failure(check, what, remedy)]
    if abs(off) >= WORTH_SAYING:
        return [warning(check, f"{what}: from 900 s on everything is refused", remedy)]
    return [ok(check, "right within a minute")]


def endpoint(facts: Facts) -> list[Finding]:
    """The endpoints: base URLs behind which the right service answers."""
    check, found = "endpoint", []
    for service, where in facts.endpoints.items():
        if isinstance(where, Problem) and where.kind is Kind.ENDPOINT:
            found.append(failure(check, where.told, where.own_remedy))
        elif isinstance(where, Problem):
            found.append(unchecked(check, where, service.value))
    down = {problem.service: problem for problem in facts.problems if problem.kind is Kind.ENDPOINT}
    for service in Service:
        if service.value in down:
            told, remedy = down[service.value].told, _way(service)
            needed = service in USED_BY_THE_FUNCTION
            found.append(failure(check, told, remedy) if needed else warning(check, told, remedy))
    if not isinstance(facts.deployment, Problem):
        found += judged(check, endpoints(facts.deployment))
    if not found and isinstance(facts.who, Problem):
        return [unchecked(check, facts.who)]
    return found or [ok(check, f"{', '.join(service.value for service in Service)} answer")]


def _renewal(code: str) -> str:
    if "Token" in code:
        return "renew the temporary credentials"
    if code.startswith("InvalidAccessKeyId"):
        return "take an access key that exists and is enabled"
    return "take the secret that belongs to the access key"


def _way(service: Service) -> str:
    variables = {Service.FUNCTION_COMPUTE: "FUNCTION_COMPUTE_ENDPOINT"}
    variable = variables.get(service, f"{service.value}_ENDPOINT")
    return (
        f"check {variable} (with ALIBABA_CLOUD_ACCOUNT_ID and ALIBABA_CLOUD_REGION_ID it has a default) and the network"
    )
