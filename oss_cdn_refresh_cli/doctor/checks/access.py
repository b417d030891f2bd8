"""Checks the configuration, the credentials, the clock and the endpoints."""

from types import SimpleNamespace

from oss_cdn_refresh.model.errors import ConfigurationError
from oss_cdn_refresh.products import product
from oss_cdn_refresh.settings import environment
from oss_cdn_refresh_cli.deployment.rules.settings import dropped_variants, endpoints
from oss_cdn_refresh_cli.doctor.facts import Facts
from oss_cdn_refresh_cli.doctor.findings import Findings, failure, judged, known, unchecked, warning
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem
from oss_cdn_refresh_cli.doctor.reader import OF_PRODUCTS, Service
from oss_cdn_refresh_cli.operation.credentials import WHAT_TO_DO
from oss_cdn_refresh_cli.shared.output import counted

REFUSED_FROM = 900  # s; a clock may be off by less: "Request syntax and signature method V3", 15 minutes
WORTH_SAYING = 60  # s
USED_BY_THE_FUNCTION = (*OF_PRODUCTS.values(), Service.FUNCTION_COMPUTE, Service.OSS, Service.SMQ)


def config(facts: Facts) -> Findings:
    """The configuration and the settings of the command."""
    unset = dict.fromkeys(each for each in (*facts.endpoints.values(), *facts.problems) if isinstance(each, Problem))
    wrong = [each for each in unset if each.kind is Kind.CONFIG]
    try:
        environment.read(SimpleNamespace(), facts.settings.environ)
    except ConfigurationError as error:
        wrong.append(Problem.of_configuration(error))
    if isinstance(facts.config, Problem) and facts.config.kind is Kind.CONFIG:
        wrong.append(facts.config)
    for problem in wrong:
        yield failure(problem.message, problem.own_remedy)
    if facts.config in wrong:
        return ""
    read = known(facts.config)
    for each in dropped_variants(read, facts.settings.config):
        yield warning(f"{each.file}: {each.place}: {each.what}", each.remedy)
    return f"{counted(len(read.sites), 'site')} and {counted(len(read.domains), 'domain')}"


def credentials(facts: Facts) -> Findings:
    """The credentials of the command."""
    if isinstance(facts.credentials, Problem):
        yield failure(facts.credentials.message, facts.credentials.own_remedy or WHAT_TO_DO)
        return ""
    refused = {problem.code: problem for problem in facts.problems if problem.kind is Kind.CREDENTIALS}
    for code, problem in refused.items():
        yield failure(problem.why, _renewal(code))
    if refused:
        return ""
    mute = {problem.service for problem in facts.problems if problem.kind is Kind.CLOCK}
    took = [service.value for service in Service if service in facts.answered and service.value not in mute]
    if isinstance(facts.identity, Problem) and took:
        return f"taken by {', '.join(took)}; whose they are is not known: {facts.identity.why}"
    identity = known(facts.identity)
    owner = str(identity.get("AccountId") or "")
    if facts.settings.account and owner and owner != facts.settings.account:
        what = f"they belong to account {owner}, and ALIBABA_CLOUD_ACCOUNT_ID is {facts.settings.account}"
        yield failure(what, "set ALIBABA_CLOUD_ACCOUNT_ID, or take credentials of that account")
    return str(identity.get("Arn") or f"of account {owner}")


def clock(facts: Facts) -> Findings:
    """The clock of this machine, compared with the cloud's."""
    remedy = "set the clock of this machine, and keep it right with NTP"
    refused = [problem for problem in facts.problems if problem.kind is Kind.CLOCK]
    if refused:
        services = ", ".join(dict.fromkeys(problem.service for problem in refused))
        yield failure(f"{services}: {refused[0].code}: the clock is off by more than 15 minutes", remedy)
        return ""
    target, answer = min(facts.quotas.items(), key=lambda item: isinstance(item[1], Problem))
    title, date = product(target.product).TITLE, known(answer).date
    if date is None:
        yield unchecked(Problem(Kind.OTHER, f"the answer of {title} has no date, so the clock cannot be compared"))
        return ""
    off = round(facts.now - date)
    what = f"{abs(off)} s {'ahead of' if off > 0 else 'behind'} {title}'s clock"
    if abs(off) >= REFUSED_FROM:
        yield failure(what, remedy)
    elif abs(off) >= WORTH_SAYING:
        yield warning(f"{what}: from 900 s on every request is refused", remedy)
    return "right within a minute"


def endpoint(facts: Facts) -> Findings:
    """The endpoints: base URLs behind which the right service answers."""
    for service, where in facts.endpoints.items():
        if isinstance(where, Problem) and where.kind is Kind.ENDPOINT:
            yield failure(where.message, where.own_remedy)
        elif isinstance(where, Problem):
            yield unchecked(where, service.value)
    down = {problem.service: problem for problem in facts.problems if problem.kind is Kind.ENDPOINT}
    for service in Service:
        if service.value in down:
            answer, remedy = down[service.value].message, _way(service)
            yield failure(answer, remedy) if service in USED_BY_THE_FUNCTION else warning(answer, remedy)
    if not isinstance(facts.deployment, Problem):
        yield from judged(endpoints(facts.deployment))
    known(facts.credentials)
    return f"{', '.join(service.value for service in Service if service in facts.answered)} answer"


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
