"""What calls the function: changes in the buckets, and the backlog.

Facts: Function Compute, "Native OSS triggers" and "SMQ queue triggers"; what each has to be stands in
`deployment.expectations`.
"""

from collections.abc import Iterator

from oss_cdn_refresh.settings.config import Config, Site
from oss_cdn_refresh_cli.deployment.expectations import STREAM, TAKES_ALL, changes_in, idle, unseen
from oss_cdn_refresh_cli.doctor.checks.functions import AGAIN
from oss_cdn_refresh_cli.doctor.facts import BACKLOG, DEAD_LETTERS, Drain, Facts
from oss_cdn_refresh_cli.doctor.findings import Finding, failure, ok, unchecked, warning
from oss_cdn_refresh_cli.doctor.problems import Kind, Problem
from oss_cdn_refresh_cli.doctor.roles import Answer
from oss_cdn_refresh_cli.doctor.watched import NOT_TOLD, OssTrigger, QueueTrigger, queue_of

CALLER = "oss.aliyuncs.com"
MILD = frozenset({"runOptions.maximumTasks", "runOptions.retryStrategy"})  # it works, if not well
SEEN_IN_TEMPLATE = frozenset(
    {"runOptions.maximumTasks"}
)  # not in the SDK's answer (4.8): where it is missing, who knows


def oss_trigger(facts: Facts) -> list[Finding]:
    """The OSS triggers, compared with the sites: every change of every site calls the function."""
    check = "oss_trigger"
    if isinstance(facts.own, Problem):
        return [unchecked(check, facts.own)]
    triggers = [trigger for known in facts.family for trigger in known.oss]
    found: list[Finding] = []
    for trigger in triggers:
        found += [*_events(facts, trigger), *_filter(trigger), *_role(facts, trigger)]
    if isinstance(facts.config, Problem):
        return [*found, unchecked(check, facts.config)]
    for number, site in enumerate(facts.config.sites):
        found += _site(f"sites[{number}]", site, triggers)
    found += _for_nobody(triggers, facts.config)
    return found or [ok(check, ", ".join(f"{trigger.name} on {trigger.bucket}" for trigger in triggers))]


def queue_trigger(facts: Facts) -> list[Finding]:
    """The queue trigger: what waits comes back, in batches, and what fails for good is kept."""
    check, backlog = "queue_trigger", facts.queue_names[BACKLOG]
    if isinstance(facts.own, Problem):
        return [unchecked(check, facts.own)]
    dead_letters = facts.queue_names[DEAD_LETTERS]
    found: list[Finding] = []
    for trigger in (trigger for known in (*facts.family, *facts.unrelated) for trigger in known.queues):
        if dead_letters and trigger.queue == dead_letters:
            what = f"{trigger.name} of {trigger.function} reads the dead-letter queue: its messages loop forever"
            found.append(failure(check, what, "take it off: dead letters wait for a person"))
    ours = [trigger for known in facts.family for trigger in known.queues if trigger.queue == backlog]
    if not backlog:
        return [
            *found,
            unchecked(check, Problem(Kind.OTHER, "nothing names the backlog's queue", own_remedy=f"set {BACKLOG}")),
        ]
    drain = facts.drain
    if not ours:
        if isinstance(drain.function, Problem):  # the check of the function says that it is missing
            return [*found, unchecked(check, drain.function)]
        what = f"no trigger reads the backlog {backlog}: its messages never come back"
        found.append(failure(check, what, f"write the queue trigger of drain as in template.yml and {AGAIN}"))
    if len(ours) > 1:
        names = ", ".join(f"{trigger.name} of {trigger.function}" for trigger in ours)
        what = f"{names} read the backlog side by side, and plan without each other"
        found.append(warning(check, what, f"keep that of {drain.name}: {_deleted(ours, drain)}"))
    elif not drain.missing and any(trigger.function != drain.name for trigger in ours):
        what = f"{ours[0].name} calls {ours[0].function}, and not {drain.name}, which has one instance: "
        what += "parallel batches spend the same quota twice"
        found.append(warning(check, what, f"{_deleted(ours, drain)}, and {AGAIN}"))
    for trigger in ours:
        found += [*_stream(trigger), *_kept(trigger, dead_letters), *_place(facts, trigger)]
    return found or [ok(check, f"{ours[0].name} of {ours[0].function} on {backlog}")]


def _deleted(triggers: list[QueueTrigger], drain: Drain) -> str:
    """How to delete those that call another function: a trigger that is taken out of the template stays online."""
    wrong = [trigger for trigger in triggers if trigger.function != drain.name]
    named = ", ".join(f"{trigger.name} of {trigger.function}" for trigger in wrong) or "the others"
    return f"delete {named} (s refresh remove --trigger NAME, or the console)"


def _events(facts: Facts, trigger: OssTrigger) -> Iterator[Finding]:
    missing = sorted(changes_in(facts.region) - trigger.events)
    if missing:
        whole = {f"{event.rpartition(':')[0]}:*" for event in missing} & trigger.events
        missing = [event for event in missing if f"{event.rpartition(':')[0]}:*" not in whole]
    if missing:
        what = f"{trigger.name} does not fire for {', '.join(missing)}: these changes go unseen"
        yield failure("oss_trigger", what, f"add them to its events and {AGAIN}")
    for event, why in idle(trigger.events).items():
        what = f"{trigger.name}: {event} {why}"
        yield warning("oss_trigger", what, f"take it out, subscribe by name, and {AGAIN}")


def _filter(trigger: OssTrigger) -> Iterator[Finding]:
    if trigger.watch.prefix.startswith("/"):
        what = f'{trigger.name} never fires: no key begins with "{trigger.watch.prefix}"'
        yield failure("oss_trigger", what, f'begin its prefix as keys begin, without "/", and {AGAIN}')


def _role(facts: Facts, trigger: OssTrigger) -> Iterator[Finding]:
    """The role by which OSS calls the function."""
    check, remedy = (
        "oss_trigger",
        f"give it a role that OSS may take on to call the function (fc3 makes one) and {AGAIN}",
    )
    if not trigger.role:
        yield failure(check, f"{trigger.name} has no role by which OSS calls the function", remedy)
        return
    role = facts.roles[trigger.role]
    if isinstance(role, Problem):
        if role.kind is Kind.MISSING:
            yield failure(check, f"the role of {trigger.name}, {trigger.role}, does not exist", remedy)
        else:
            yield unchecked(check, role, f"the role of {trigger.name}")
        return
    arn = f"acs:fc:{facts.region or '*'}:{facts.account or '*'}:functions/{trigger.function}"
    if CALLER not in role.services:
        yield failure(check, f"the role of {trigger.name}, {role.name}, does not let {CALLER} take it on", remedy)
    if role.may("fc:InvokeFunction", arn) is Answer.NO:
        yield failure(check, f"the role of {trigger.name}, {role.name}, may not call {trigger.function}", remedy)


def _site(place: str, site: Site, triggers: list[OssTrigger]) -> Iterator[Finding]:
    watching = [trigger for trigger in triggers if trigger.bucket == site.bucket]
    if not watching:
        what = f"{place}: no trigger watches {site.bucket}"
        remedy = (
            f"add an OSS trigger for it to template.yml (REFRESH_BUCKET in .env) and {AGAIN}; "
            "that an event notification of OSS brings its changes to the backlog cannot be seen"
        )
        yield failure("oss_trigger", what, remedy)
        return
    for glob in unseen([trigger.watch for trigger in watching], site):
        names = ", ".join(trigger.name for trigger in watching)
        what = f'{place}: the filter of {names} hides keys under "{site.prefix}" that match "{glob}"'
        yield failure("oss_trigger", what, f"widen its prefix or suffix in template.yml and {AGAIN}")


def _for_nobody(triggers: list[OssTrigger], config: Config) -> Iterator[Finding]:
    for trigger in triggers:
        if trigger.bucket not in config.by_bucket:
            what = f"{trigger.name} watches {trigger.bucket}, which is the bucket of no site"
            yield warning("oss_trigger", what, f"add a site for it, or take the trigger out and {AGAIN}")


def _stream(trigger: QueueTrigger) -> Iterator[Finding]:
    for name, (wanted, why) in STREAM.items():
        written = trigger.settings[name]
        if written == wanted or (written is NOT_TOLD and name in SEEN_IN_TEMPLATE):
            continue
        shown = "not set" if written is NOT_TOLD else written
        what, remedy = f"{name} of {trigger.name} is {shown}: {why}", f"write {_written(wanted)} and {AGAIN}"
        yield warning("queue_trigger", what, remedy) if name in MILD else failure("queue_trigger", what, remedy)


def _place(facts: Facts, trigger: QueueTrigger) -> Iterator[Finding]:
    if facts.region and trigger.region and trigger.region != facts.region:
        what = f"{trigger.name} looks for the backlog in {trigger.region}, and the function is in {facts.region}"
        yield failure("queue_trigger", what, f"write RegionId: {facts.region} and {AGAIN}")


def _kept(trigger: QueueTrigger, dead_letters: str) -> Iterator[Finding]:
    remedy = f"name the dead-letter queue in runOptions.deadLetterQueue and {AGAIN}"
    if not trigger.dead_letters:
        yield failure("queue_trigger", f"{trigger.name} has no dead-letter queue: what fails for good vanishes", remedy)
    elif dead_letters and queue_of(trigger.dead_letters) != dead_letters:
        what = f"{trigger.name} puts what fails for good to {trigger.dead_letters}, and not to {dead_letters}"
        yield failure("queue_trigger", what, remedy)


def _written(wanted: object) -> str:
    """As it stands in a template."""
    if wanted == TAKES_ALL:  # without quotes it would be a mapping
        return f"'{TAKES_ALL}'"
    return str(wanted).lower() if isinstance(wanted, bool) else str(wanted)
