"""`doctor` on an account with one fault at a time: only the right check reports it, and the remedy fixes it."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from healthy import CONFIG, Healthy, a_healthy_account

from oss_cdn_refresh_box.account.ram import allowed
from oss_cdn_refresh_box.cdn.describing import Function, Source
from oss_cdn_refresh_box.cdn.ledger import QUOTA
from oss_cdn_refresh_box.fc.registry import OSS_ROLE, Registered
from oss_cdn_refresh_box.oss import Website
from oss_cdn_refresh_cli.doctor.checks import CHECKS

pytestmark = pytest.mark.filterwarnings(
    "ignore:datetime.datetime.utcnow:DeprecationWarning"  # how the SDKs sign, on Python 3.12
)
Mend = Callable[[], object]
BACKLOG, DEAD_LETTERS = "oss-cdn-refresh-backlog", "oss-cdn-refresh-dead-letters"
WWW = "www.example.com"


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Healthy]:
    with a_healthy_account(tmp_path) as healthy:
        yield healthy


@pytest.fixture(scope="module")
def lent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Healthy]:
    """One account for many tests: each gives it back as it was."""
    with a_healthy_account(tmp_path_factory.mktemp("lent")) as healthy:
        yield healthy


class Fault(NamedTuple):
    """A fault: its check, its status, a part of its remedy, and functions that make and undo it."""

    check: str
    status: str
    remedy: str
    inject: Callable[[Healthy], Mend]


def put(mapping: Any, key: Any, value: Any) -> Mend:
    """Set one value; returns a function that restores it."""
    before = mapping[key] if isinstance(mapping, list) or key in mapping else None
    mapping[key] = value
    return lambda: mapping.pop(key) if before is None else mapping.__setitem__(key, before)


def describe(account: Healthy, **changed: Any) -> Mend:
    """Change a setting of the domain."""
    described = account.cloud.cdn.described
    return put(described, WWW, described[WWW]._replace(**changed))


def setting(name: str, **arguments: str) -> Callable[[Healthy], Mend]:
    return lambda account: describe(account, functions=(Function(name, arguments),))


def of_function(key: str, value: Any) -> Callable[[Healthy], Mend]:
    return lambda account: put(account.function.function, key, value)


def of_drain(key: str, value: Any) -> Callable[[Healthy], Mend]:
    return lambda account: put(account.drain.function, key, value)


def together(*fixes: Mend) -> Mend:
    """All of them."""
    return lambda: [fix() for fix in fixes]


def variable(name: str, value: str) -> Callable[[Healthy], Mend]:
    """A variable of both functions."""
    return lambda account: together(
        *(put(each.function["environmentVariables"], name, value) for each in account.functions)
    )


def variable_of_drain(name: str, value: str) -> Callable[[Healthy], Mend]:
    return lambda account: put(account.drain.function["environmentVariables"], name, value)


def attribute(which: str, name: str, value: Any) -> Callable[[Healthy], Mend]:
    """Change a further setting of a function: `concurrency` or `asynchronous`."""

    def inject(account: Healthy) -> Mend:
        registered = getattr(account, which)
        before = getattr(registered, name)
        setattr(registered, name, value)
        return lambda: setattr(registered, name, before)

    return inject


def another_layer(account: Healthy) -> Mend:
    """A version that exists."""
    ((arn, layer),) = account.cloud.api.layers.items()
    other = arn.rpartition("/")[0] + "/2"
    published = put(account.cloud.api.layers, other, layer)
    return together(put(account.drain.function, "layers", [{"arn": other, "size": 1}]), published)


def without_drain(account: Healthy) -> Mend:
    functions = account.cloud.api.functions
    gone = functions.pop("oss-cdn-refresh-drain")
    return lambda: functions.__setitem__("oss-cdn-refresh-drain", gone)


def trigger_moved(account: Healthy) -> Mend:
    """The backlog's trigger calls the function that OSS calls."""
    moved = account.drain.triggers.pop()
    account.function.triggers.append(moved)
    return lambda: account.drain.triggers.append(account.function.triggers.pop())


def trigger(name: str, *path: str, value: Any) -> Callable[[Healthy], Mend]:
    """Change one value of a trigger."""

    def inject(account: Healthy) -> Mend:
        found = account.trigger(name)
        for key in path[:-1]:
            found = found[key]
        return put(found, path[-1], value)

    return inject


def stream(*path: str, value: Any) -> Callable[[Healthy], Mend]:
    return trigger("backlog", "triggerConfig", *path, value=value)


def without_trigger(name: str) -> Callable[[Healthy], Mend]:
    def inject(account: Healthy) -> Mend:
        gone = account.trigger(name)
        triggers = next(each.triggers for each in account.functions if gone in each.triggers)
        triggers.remove(gone)
        return lambda: triggers.append(gone)

    return inject


def attributes(queue: str, **changed: int) -> Callable[[Healthy], Mend]:
    def inject(account: Healthy) -> Mend:
        found = account.cloud.smq.queue(queue)
        before, found.attributes = found.attributes, found.attributes._replace(**changed)
        return lambda: setattr(found, "attributes", before)

    return inject


def configured(config: Any) -> Callable[[Healthy], Mend]:
    def inject(account: Healthy) -> Mend:
        account.configure(config)
        return lambda: account.configure(CONFIG)

    return inject


def told(name: str, value: str) -> Callable[[Healthy], Mend]:
    return lambda account: put(account.environ, name, value)


def neighbour(account: Healthy, name: str, handler: str, *triggers: Any) -> Mend:
    """Another function, with copies of our own triggers."""
    template = account.cloud.function.function
    other = Registered(template._replace(name=name, handler=handler, triggers=()), "1234567890123456")
    other.triggers = list(triggers)
    return put(account.cloud.api.functions, name, other)


def misspelled(account: Healthy, glob: str) -> Mend:
    """A glob in the configuration, and an object that it does not match."""
    account.cloud.oss.stock("my-site", {"drafts/a.html": b"a"})
    sites = [{**CONFIG["sites"][0], "exclude": [glob]}, CONFIG["sites"][1]]
    return configured({"sites": sites})(account)


def lost_secret(account: Healthy) -> Mend:
    return put(account.cloud.keys, "AK", "ANOTHER")


def clock_off(account: Healthy) -> Mend:
    account.cloud.clock.advance(3_600)
    return lambda: account.cloud.clock.advance(-3_600)


def clock_slow(account: Healthy) -> Mend:
    account.cloud.clock.advance(-300)
    return lambda: account.cloud.clock.advance(300)


def the_role(account: Healthy) -> Any:
    return account.cloud.ram.roles["oss-cdn-refresh-cn-hangzhou"]


def right_taken(action: str) -> Callable[[Healthy], Mend]:
    """Take a right from the role."""

    def inject(account: Healthy) -> Mend:
        statements = the_role(account).policies[0].statements
        before = list(statements)
        statements[:] = [{**each, "Action": [kept for kept in each["Action"] if kept != action]} for each in before]
        return lambda: statements.__setitem__(slice(None), before)

    return inject


def preload_not_granted(account: Healthy) -> Mend:
    """A site names what is preloaded, and the role may not preload."""
    site = {**CONFIG["sites"][0], "preload": ["index.html"]}
    given = configured({"sites": [site, *CONFIG["sites"][1:]]})(account)
    return together(given, right_taken("cdn:PushObjectCache")(account))


def right_narrowed(account: Healthy) -> Mend:
    """Take one domain from the rights of the role."""
    statements = the_role(account).policies[0].statements
    at = next(number for number, each in enumerate(statements) if "cdn:RefreshObjectCaches" in each["Action"])
    return put(
        statements, at, allowed(["cdn:RefreshObjectCaches"], ["acs:cdn:*:1234567890123456:domain/www.example.com"])
    )


def denied_explicitly(account: Healthy) -> Mend:
    statements = the_role(account).policies[0].statements
    statements.append({"Effect": "Deny", "Action": "cdn:Refresh*", "Resource": "*"})
    return statements.pop


def denied(service: str, action: str) -> Callable[[Healthy], Mend]:
    """Take the right to a question from the credentials of the command."""

    def inject(account: Healthy) -> Mend:
        actions = getattr(account.cloud, service).denied
        actions.add(action)
        return lambda: actions.discard(action)

    return inject


def suspended(account: Healthy) -> Mend:
    account.cloud.cdn.suspended = "InsufficientBalance"
    return lambda: setattr(account.cloud.cdn, "suspended", "")


def used_up(account: Healthy) -> Mend:
    account.cloud.cdn.quota = QUOTA._replace(urls=0)
    return lambda: setattr(account.cloud.cdn, "quota", QUOTA)


def nearly_used_up(account: Healthy) -> Mend:
    today = account.cloud.cdn.ledger.today
    today.add("File", 9_500)
    return lambda: today.add("File", -9_500)


def long_timeout(account: Healthy) -> Mend:
    """Set the timeout of both functions, and a visibility timeout of the backlog that fits."""
    timeouts = (of_function("timeout", 600)(account), of_drain("timeout", 600)(account))
    return together(*timeouts, attributes(BACKLOG, visibility_timeout=1_260)(account))


def conditional(account: Healthy) -> Mend:
    statement = the_role(account).policies[0].statements[0]
    statement["Condition"] = {"IpAddress": {"acs:SourceIp": ["10.0.0.0/8"]}}
    return lambda: statement.pop("Condition")


def oss_role(account: Healthy) -> Any:
    return account.cloud.ram.roles[OSS_ROLE]


def one_more_event(account: Healthy) -> Mend:
    events = account.function.trigger("objects-changed")["triggerConfig"]["events"]
    events.append("oss:ObjectCreated:*")
    return events.pop


def another_trigger(account: Healthy, like: str, **changed: Any) -> Mend:
    account.function.triggers.append({**deepcopy(account.trigger(like)), "triggerName": "another", **changed})
    return account.function.triggers.pop


def reader_of_dead_letters(account: Healthy) -> Mend:
    fix = another_trigger(account, "backlog")
    config = account.function.triggers[-1]["triggerConfig"]
    config["eventSourceConfig"]["eventSourceParameters"]["sourceMNSParameters"]["QueueName"] = DEAD_LETTERS
    return fix


def without_queue(name: str) -> Callable[[Healthy], Mend]:
    def inject(account: Healthy) -> Mend:
        queues = account.cloud.smq._queues  # noqa: SLF001 - there is no API here that deletes one
        gone = queues.pop(name)
        return lambda: queues.__setitem__(name, gone)

    return inject


def gone(account: Healthy) -> Mend:
    functions = account.cloud.api.functions
    before = functions.pop("oss-cdn-refresh")
    return lambda: functions.__setitem__("oss-cdn-refresh", before)


def role_gone(account: Healthy) -> Mend:
    roles = account.cloud.ram.roles
    name = "oss-cdn-refresh-cn-hangzhou"
    before = roles.pop(name)
    return lambda: roles.__setitem__(name, before)


def layer_gone(account: Healthy) -> Mend:
    layers = account.cloud.api.layers
    ((arn, before),) = layers.items()
    del layers[arn]
    return lambda: layers.__setitem__(arn, before)


def domain_gone(account: Healthy) -> Mend:
    domains = account.cloud.cdn.domains
    del domains[WWW]
    return lambda: domains.__setitem__(WWW, "")


def bucket_gone(account: Healthy) -> Mend:
    buckets = account.cloud.oss._buckets  # noqa: SLF001 - there is no API here that deletes one
    before = buckets.pop("my-site")
    return lambda: buckets.__setitem__("my-site", before)


FAULTS = {
    # config
    "no such file": Fault("config", "failure", "REFRESH_CONFIG", told("REFRESH_CONFIG", "/nonexistent/other.yml")),
    "a typing error": Fault(
        "config", "failure", "did you mean bucket?", configured({"sites": [{"bucke": "a", "domains": [WWW]}]})
    ),
    "an unknown delivery": Fault("config", "failure", "write direct or batched", told("DELIVERY", "later")),
    # credentials, clock
    "a wrong secret": Fault("credentials", "failure", "secret", lost_secret),
    "another account": Fault(
        "credentials", "failure", "ALIBABA_CLOUD_ACCOUNT_ID", told("ALIBABA_CLOUD_ACCOUNT_ID", "42")
    ),
    "a clock an hour off": Fault("clock", "failure", "set the clock", clock_off),
    "a clock minutes off": Fault("clock", "warning", "set the clock", clock_slow),
    # rights
    "no right to refresh": Fault("rights", "failure", "REFRESH_DOMAINS", right_taken("cdn:RefreshObjectCaches")),
    "no right to one domain": Fault("rights", "failure", "REFRESH_DOMAINS", right_narrowed),
    "an explicit deny": Fault("rights", "failure", "REFRESH_DOMAINS", denied_explicitly),
    "no right to send": Fault("rights", "failure", "REFRESH_BACKLOG_QUEUE", right_taken("mns:SendMessage")),
    "no right to the quota": Fault("rights", "failure", "infra/ros.yml", right_taken("cdn:DescribeRefreshQuota")),
    "no right to look up tasks": Fault(
        "rights", "warning", "infra/ros.yml", right_taken("cdn:DescribeRefreshTaskById")
    ),
    "no right to preload": Fault("rights", "warning", "infra/ros.yml", preload_not_granted),
    "no right to write logs": Fault("rights", "warning", "infra/ros.yml", right_taken("log:PostLogStoreLogs")),
    "no role": Fault("rights", "failure", "infra/ros.yml", of_function("role", "")),
    "a role that is gone": Fault("rights", "failure", "infra/ros.yml", role_gone),
    "a role that trusts another": Fault(
        "rights", "failure", "infra/ros.yml", lambda account: put(the_role(account).services, 0, "ecs.aliyuncs.com")
    ),
    "a right with a condition": Fault("rights", "warning", "see that it holds", conditional),
    "we may not read the quota": Fault(
        "rights", "failure", "cdn:DescribeRefreshQuota", denied("cdn", "DescribeRefreshQuota")
    ),
    "we may not read the role": Fault("rights", "warning", "ram:GetRole", denied("ram", "GetRole")),
    "arrears": Fault("rights", "failure", "pay", suspended),
    # domains
    "a domain of nobody": Fault("domain", "failure", "add it in the CDN console", domain_gone),
    "a domain that is off": Fault(
        "domain", "failure", "enable it", lambda account: describe(account, status="offline")
    ),
    "a domain under way": Fault("domain", "warning", "wait", lambda account: describe(account, status="configuring")),
    "a domain of another bucket": Fault(
        "domain",
        "warning",
        "origin",
        lambda account: describe(account, sources=(Source("oss", "other.oss-cn-hangzhou.aliyuncs.com"),)),
    ),
    "a custom cache key": Fault("cache_key", "failure", "Custom Cachekey", setting("self_defined_cachekey", uri="[]")),
    "a shared cache": Fault(
        "cache_key", "warning", "b.example.com", setting("rewrite_host", share_host="b.example.com")
    ),
    # buckets
    "no bucket": Fault("bucket", "failure", "create it", bucket_gone),
    "a bucket far away": Fault(
        "bucket", "failure", "REFRESH_REGION", lambda account: put(account.cloud.oss.elsewhere, "my-site", "cn-beijing")
    ),
    # functions
    "no function": Fault("function", "failure", "--function-name", gone),
    "another handler": Fault("function", "failure", "refresh.handler", of_function("handler", "index.handler")),
    "an old runtime": Fault("function", "failure", "python3.10", of_function("runtime", "python3.9")),
    "the default timeout": Fault("function", "failure", "120", of_function("timeout", 3)),
    "a deployment that failed": Fault("function", "failure", "deploy again", of_function("state", "Failed")),
    "no access to the internet": Fault("function", "failure", "internetAccess", of_function("internetAccess", False)),  # noqa: FBT003
    "another backlog": Fault(
        "function", "failure", "BACKLOG_QUEUE", variable("BACKLOG_QUEUE", "oss-cdn-refresh-dead-letters")
    ),
    "another backlog here": Fault("function", "failure", "BACKLOG_QUEUE", told("BACKLOG_QUEUE", "mistyped")),
    "other dead letters here": Fault("function", "failure", "DEAD_LETTER_QUEUE", told("DEAD_LETTER_QUEUE", "my-dead")),
    "another delivery": Fault("function", "failure", "DELIVERY", told("DELIVERY", "batched")),
    "no cap": Fault("function", "warning", "reservedConcurrency: 3", attribute("function", "concurrency", None)),
    "no rate": Fault("function", "warning", "'10'", variable("CALLS_PER_SECOND", "")),
    "no initializer": Fault("function", "warning", "refresh.initialize", of_function("instanceLifecycleConfig", {})),
    "no logs": Fault("function", "warning", "logConfig", of_function("logConfig", {})),
    "too long a timeout": Fault("function", "failure", "at most 300", long_timeout),
    # the function that works on the backlog
    "no drain": Fault("function", "failure", "template.yml names it drain", without_drain),
    "a drain with two instances": Fault(
        "function", "warning", "reservedConcurrency: 1", attribute("drain", "concurrency", 2)
    ),
    "a drain without a cap": Fault(
        "function", "warning", "reservedConcurrency: 1", attribute("drain", "concurrency", None)
    ),
    "a drain of another configuration": Fault(
        "function", "failure", "so that both have", variable_of_drain("REFRESH_CONFIG", "other.yml")
    ),
    "a drain of another backlog": Fault(
        "function", "failure", "so that both have", variable_of_drain("BACKLOG_QUEUE", DEAD_LETTERS)
    ),
    "a drain of another delivery": Fault(
        "function", "failure", "so that both have", variable_of_drain("DELIVERY", "batched")
    ),
    "a drain with a variable of its own": Fault(
        "function", "failure", "so that both have", variable_of_drain("CDN_ENDPOINT", "https://cdn.example.com")
    ),
    "a drain of another handler": Fault("function", "failure", "refresh.handler", of_drain("handler", "index.handler")),
    "a drain of another runtime": Fault("function", "failure", "the same for both", of_drain("runtime", "python3.12")),
    "a drain with the default timeout": Fault("function", "failure", "120", of_drain("timeout", 3)),
    "a drain that failed to deploy": Fault("function", "failure", "deploy again", of_drain("state", "Failed")),
    "no instance": Fault("function", "failure", "reservedConcurrency: 3", attribute("function", "concurrency", 0)),
    "a drain with no instance": Fault(
        "function", "failure", "reservedConcurrency: 1", attribute("drain", "concurrency", 0)
    ),
    "several events at a time": Fault(
        "function", "failure", "instanceConcurrency: 1", of_function("instanceConcurrency", 10)
    ),
    "a drain with several events at a time": Fault(
        "function", "failure", "instanceConcurrency: 1", of_drain("instanceConcurrency", 10)
    ),
    "a drain with an unknown level of its log": Fault(
        "function", "warning", "REFRESH_LOG_LEVEL", variable_of_drain("LOG_LEVEL", "debug")
    ),
    "a drain without a rate": Fault("function", "warning", "'10'", variable_of_drain("CALLS_PER_SECOND", "")),
    "a drain without logs": Fault("function", "warning", "logConfig", of_drain("logConfig", {})),
    "a drain of another role": Fault("rights", "failure", "infra/ros.yml", of_drain("role", "acs:ram::1:role/other")),
    "a drain without a layer": Fault("layer", "failure", "make deploy", of_drain("layers", [])),
    "a drain of another layer": Fault("layer", "failure", "make deploy", another_layer),
    "a drain without asynchronous configuration": Fault(
        "failure_destination",
        "failure",
        "asyncInvokeConfig",
        attribute("drain", "asynchronous", None),
    ),
    "the backlog's trigger on the wrong function": Fault(
        "queue_trigger", "warning", "delete backlog of oss-cdn-refresh", trigger_moved
    ),
    "a layer for another runtime": Fault(
        "layer",
        "failure",
        "make deploy",
        lambda account: put(next(iter(account.cloud.api.layers.values())), "compatibleRuntime", ["python3.9"]),
    ),
    "no layer": Fault("layer", "failure", "make deploy", of_function("layers", [])),
    "a layer that is gone": Fault("layer", "failure", "make deploy", layer_gone),
    # triggers
    "no OSS trigger": Fault("oss_trigger", "failure", "REFRESH_BUCKET", without_trigger("objects-changed")),
    "a prefix with a slash": Fault(
        "oss_trigger",
        "failure",
        'without "/"',
        trigger("objects-changed", "triggerConfig", "filter", "key", "prefix", value="/img"),
    ),
    "a filter too narrow": Fault(
        "oss_trigger",
        "failure",
        "widen",
        trigger("objects-changed", "triggerConfig", "filter", "key", "suffix", value=".html"),
    ),
    "an event that is missing": Fault(
        "oss_trigger",
        "failure",
        "add it",
        lambda account: put(
            account.function.trigger("objects-changed")["triggerConfig"]["events"], 0, "oss:ObjectCreated:PutSymlink"
        ),
    ),
    "an event that changes nothing": Fault("oss_trigger", "warning", "subscribe by name", one_more_event),
    "a trigger for nobody": Fault(
        "oss_trigger",
        "warning",
        "add a site",
        lambda account: another_trigger(account, "objects-changed", sourceArn="acs:oss:cn-hangzhou:1:other"),
    ),
    "a role that OSS may not take": Fault(
        "oss_trigger", "failure", "role", lambda account: put(oss_role(account).services, 0, "ecs.aliyuncs.com")
    ),
    "a role by which OSS may not call": Fault(
        "oss_trigger",
        "failure",
        "role",
        lambda account: put(oss_role(account).policies[0].statements, 0, allowed(["fc:GetFunction"], ["*"])),
    ),
    "a role of OSS that is gone": Fault(
        "oss_trigger", "failure", "role", trigger("objects-changed", "invocationRole", value="acs:ram::1:role/other")
    ),
    "no queue trigger": Fault("queue_trigger", "failure", "template.yml", without_trigger("backlog")),
    "a queue trigger that is off": Fault(
        "queue_trigger", "failure", "write true", stream("triggerEnable", value=False)
    ),
    "a queue trigger with a filter": Fault(
        "queue_trigger", "failure", "write '{}'", stream("eventRuleFilterPattern", value='{"source": ["x"]}')
    ),
    "a queue trigger of another region": Fault(
        "queue_trigger",
        "failure",
        "write RegionId: cn-hangzhou",
        stream("eventSourceConfig", "eventSourceParameters", "sourceMNSParameters", "RegionId", value="cn-beijing"),
    ),
    "a queue trigger that calls asynchronously": Fault(
        "queue_trigger", "failure", "write false", stream("asyncInvocationType", value=True)
    ),
    "a queue trigger that decodes": Fault(
        "queue_trigger",
        "failure",
        "write false",
        stream("eventSourceConfig", "eventSourceParameters", "sourceMNSParameters", "IsBase64Decode", value=True),
    ),
    "a queue trigger that stops": Fault(
        "queue_trigger", "failure", "write ALL", stream("runOptions", "errorsTolerance", value="NONE")
    ),
    "a queue trigger that gives up early": Fault(
        "queue_trigger",
        "warning",
        "EXPONENTIAL_DECAY_RETRY",
        stream("runOptions", "retryStrategy", "PushRetryStrategy", value="BACKOFF_RETRY"),
    ),
    "a queue trigger without dead letters": Fault(
        "queue_trigger", "failure", "deadLetterQueue", stream("runOptions", "deadLetterQueue", value={})
    ),
    "a queue trigger on the dead letters": Fault("queue_trigger", "failure", "take it off", reader_of_dead_letters),
    # queues
    "no failure destination": Fault(
        "failure_destination", "failure", "asyncInvokeConfig", attribute("function", "asynchronous", None)
    ),
    "another failure destination": Fault(
        "failure_destination",
        "failure",
        DEAD_LETTERS,
        lambda account: put(
            account.function.asynchronous["destinationConfig"]["onFailure"],
            "destination",
            f"acs:mns:cn-hangzhou:1234567890123456:/queues/{BACKLOG}/messages",
        ),
    ),
    "events that grow too old": Fault(
        "failure_destination",
        "warning",
        "604800",
        lambda account: put(account.function.asynchronous, "maxAsyncEventAgeInSeconds", 3_600),
    ),
    "no retries": Fault(
        "failure_destination",
        "warning",
        "write 3",
        lambda account: put(account.function.asynchronous, "maxAsyncRetryAttempts", 0),
    ),
    "no backlog": Fault("queues", "failure", "infra/ros.yml", without_queue(BACKLOG)),
    "no dead-letter queue": Fault("queues", "failure", "infra/ros.yml", without_queue(DEAD_LETTERS)),
    "a queue that forgets": Fault(
        "queues", "failure", "604800", attributes(DEAD_LETTERS, message_retention_period=345_600)
    ),
    "a queue that shows too early": Fault("queues", "failure", "= 300", attributes(BACKLOG, visibility_timeout=30)),
    # the rest
    "no quota left": Fault("quota", "failure", "00:00 UTC+8", used_up),
    "little quota left": Fault("quota", "warning", "postpone", nearly_used_up),
    "no service there": Fault("endpoint", "failure", "SMQ_ENDPOINT", told("SMQ_ENDPOINT", "http://127.0.0.1:9")),
    "no base URL": Fault("endpoint", "failure", "https://host", told("OSS_ENDPOINT", "ftp://files/")),
    "a function with a wrong endpoint": Fault(
        "endpoint", "failure", "https://host", variable("CDN_ENDPOINT", "cdn:/x")
    ),
    "OSS's own refresh": Fault(
        "competitor", "warning", "switch it off", lambda account: put(account.cloud.oss.cnames, "my-site", {WWW: True})
    ),
    "a glob that matches nothing": Fault(
        "globs",
        "warning",
        "check its spelling",
        lambda account: misspelled(account, "drafs/*"),
    ),
    "a home page under every path": Fault(
        "website",
        "warning",
        "also: [{when: index.html, directories: [/]}]",
        lambda account: put(account.cloud.oss.websites, "my-site", Website()),
    ),
    "another function on the bucket": Fault(
        "competitor",
        "warning",
        "see that it refreshes nothing",
        lambda account: neighbour(account, "thumbnails", "index.handler", account.function.trigger("objects-changed")),
    ),
    "another reader of the backlog": Fault(
        "competitor",
        "failure",
        "a queue of its own",
        lambda account: neighbour(account, "thief", "index.handler", account.drain.trigger("backlog")),
    ),
}


def said(findings: list[dict[str, str]]) -> set[str]:
    """The statuses of a check's findings, "unchecked" if the check could not look."""
    return {"unchecked" if each["detail"].startswith("not checked: ") else each["status"] for each in findings}


def statuses(account: Healthy) -> dict[str, set[str]]:
    return {check: said(findings) for check, findings in account.findings().items()}


def test_a_healthy_account_is_all_right(account: Healthy) -> None:
    assert statuses(account) == {check: {"ok"} for check in CHECKS}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_only_the_right_check_reports_a_fault_and_its_remedy(lent: Healthy, fault: Fault) -> None:
    fix = fault.inject(lent)
    try:
        found = lent.findings()
    finally:
        fix()
    blamed = {check for check, findings in found.items() if {"failure", "warning"} & said(findings)}
    assert (list(found), blamed, said(found[fault.check])) == (list(CHECKS), {fault.check}, {fault.status})
    assert any(fault.remedy in each["remedy"] for each in found[fault.check])


@pytest.mark.load
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fixed_fault_is_not_reported_any_more(account: Healthy, fault: Fault) -> None:
    fix = fault.inject(account)
    fix()
    assert statuses(account) == {check: {"ok"} for check in CHECKS}


@pytest.mark.parametrize(("name", "code"), [("no bucket", 1), ("OSS's own refresh", 0)])
def test_a_failure_exits_with_1_and_a_warning_with_0(account: Healthy, name: str, code: int) -> None:
    FAULTS[name].inject(account)
    assert account.call().exit_code == code


def test_every_check_has_a_fault_in_this_module() -> None:
    assert {fault.check for fault in FAULTS.values()} == set(CHECKS)
