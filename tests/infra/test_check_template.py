"""`make check-template` finds each fault that is seeded into the real deployment, and no other."""

import pytest
from seeding import CONFIG, ROOT, Copy

TEMPLATE, STACK, CONFIGURATION = "template.yml", "infra/ros.yml", "functions/config.yml"
MONITORING, SOURCES = "infra/monitoring.yml", "infra/sls"

INVENTORY = "collapse: {inventory: oss://lists/inventory.json}\n"

LAST_OF_THE_OSS_TRIGGER = "                suffix: ''\n"
SECOND_TRIGGER = """\
        - triggerName: pictures
          triggerType: oss
          sourceArn: acs:oss:${vars.region}:${config('AccountID')}:${vars.bucket}
          triggerConfig:
            events: [oss:ObjectCreated:PutObject]
            filter:
              key:
                prefix: img/
                suffix: .jpg
"""
TIMER_AT_THE_END = """\
        - triggerName: daily
          triggerType: timer
          triggerConfig: {cronExpression: '@every 24h', enable: true}
"""
DEAD_LETTER_ARN = "                Arn: acs:mns:${vars.region}:${config('AccountID')}:/queues/${vars.dead_letters}\n"
TO_THE_DEAD_LETTERS = ":/queues/${vars.dead_letters}/messages"

FAULTS = {
    "a bucket that OSS does not allow": (
        CONFIGURATION,
        "bucket: my-site",
        "bucket: My_Site",
        (
            'config.yml: sites[0].bucket: "My_Site" is no name of a bucket: '
            "write 3 to 63 lower-case letters, digits and hyphens, no hyphen first or last"
        ),
    ),
    "a prefix without its slash": (
        CONFIGURATION,
        "bucket: my-site",
        "bucket: my-site\n    prefix: www",
        'config.yml: sites[0].prefix: "www" does not end with /: write "www/"',
    ),
    "a glob of another dialect": (
        CONFIGURATION,
        "bucket: my-site",
        "bucket: my-site\n    exclude: [drafts/]",
        (
            'config.yml: sites[0].exclude[0]: "drafts/" ends with /, and so matches folder objects alone: '
            'did you mean "drafts/*"?'
        ),
    ),
    "an endpoint that is no base URL": (
        TEMPLATE,
        "LOG_LEVEL: ${vars.log_level}",
        "OSS_ENDPOINT: http://h:abc",
        (
            'template.yml: refresh.props.environmentVariables.OSS_ENDPOINT: "http://h:abc" is no base URL: '
            "write https://host or https://host:port"
        ),
    ),
    "a bucket without a trigger": (
        CONFIGURATION,
        "bucket: my-site",
        "bucket: my-other-site",
        'config.yml: sites[0].bucket: no trigger watches "my-other-site": add an OSS trigger',
    ),
    "a trigger without a site": (
        CONFIGURATION,
        "bucket: my-site",
        "bucket: my-other-site",
        'template.yml: refresh.props.triggers[0].sourceArn: "my-site" is the bucket of no site of config.yml',
    ),
    "a trigger's prefix that hides a site's keys": (
        TEMPLATE,
        "prefix: ''",
        "prefix: img/",
        'config.yml: sites[0]: the filter of objects-changed hides keys under "" that match "*"',
    ),
    "a trigger's suffix that hides a site's keys": (
        TEMPLATE,
        "suffix: ''",
        "suffix: .html",
        'config.yml: sites[0]: the filter of objects-changed hides keys under "" that match "*"',
    ),
    "a prefix that begins with a slash": (
        TEMPLATE,
        "prefix: ''",
        "prefix: /img/",
        'template.yml: refresh.props.triggers[0].triggerConfig.filter.key.prefix: "/img/" never fires',
    ),
    "a change that is not subscribed": (
        TEMPLATE,
        "              - oss:ObjectCreated:CopyObject\n",
        "",
        "triggers[0].triggerConfig.events: oss:ObjectCreated:CopyObject is missing",
    ),
    "an event that is no change": (
        TEMPLATE,
        "- oss:ObjectCreated:CopyObject\n",
        "- oss:ObjectCreated:CopyObject\n              - oss:ObjectCreated:UploadPart\n",
        "oss:ObjectCreated:UploadPart changes no answer to a GET: take it out",
    ),
    "a subscription to all there is": (
        TEMPLATE,
        "- oss:ObjectCreated:CopyObject\n",
        "- oss:ObjectCreated:CopyObject\n              - oss:ObjectCreated:*\n",
        "oss:ObjectCreated:* fires for more than changes: take it out, and subscribe by name",
    ),
    "two triggers for the same keys": (
        TEMPLATE,
        LAST_OF_THE_OSS_TRIGGER,
        LAST_OF_THE_OSS_TRIGGER + SECOND_TRIGGER,
        "template.yml: refresh.props.triggers[1]: pictures overlaps objects-changed",
    ),
    "a domain that the role cannot refresh": (
        CONFIGURATION,
        "[www.example.com]",
        "[www.example.com, img.example.com]",
        "template.yml: infra.props.parameters.Domains: img.example.com of config.yml is missing",
    ),
    "a domain that the role need not refresh": (
        TEMPLATE,
        "'www.example.com'",
        "'www.example.com,old.example.com'",
        '"old.example.com" is in no site of config.yml',
    ),
    "a role for every domain": (
        STACK,
        "','\n                              - Ref: Domains",
        "','\n                              - '*'",
        '"*" is in no site of config.yml',
    ),
    "a role that the stack does not make": (
        STACK,
        "Fn::Sub: ${Name}-${ALIYUN::Region}\n      Description",
        "Fn::Sub: ${Name}\n      Description",
        '-cn-hangzhou" is not the role that ros.yml makes: write acs:ram::1234567890123456:role/oss-cdn-refresh',
    ),
    "no role": (
        TEMPLATE,
        "      role: acs:ram",
        "      ignored: acs:ram",
        "template.yml: refresh.props.role: is missing: write acs:ram::",
    ),
    "a role that is known to one command only": (
        TEMPLATE,
        "acs:ram::${config('AccountID')}:role/${vars.name}-${vars.region}",
        "${resources.infra.output.RoleArn}",
        "template.yml: refresh.props.role: ${resources.infra.output.RoleArn} is known to `s deploy` only",
    ),
    "a space before a domain": (
        TEMPLATE,
        "'www.example.com'",
        "'www.example.com, img.example.com'",
        'infra.props.parameters.Domains: " img.example.com" begins with a space: commas only',
    ),
    "a space after a domain": (
        TEMPLATE,
        "'www.example.com'",
        "'img.example.com ,www.example.com'",
        'infra.props.parameters.Domains: "img.example.com " ends with a space: commas only',
    ),
    "a variant that is no query where queries are ignored": (
        CONFIGURATION,
        "bucket: my-site\n",
        'bucket: my-site\n    query: ignore\n    variants: ["!thumb"]\n',
        'config.yml: sites[0].variants[0]: "!thumb" is no query, so query: ignore drops it: give it a second site',
    ),
    "a trigger on the dead-letter queue": (
        TEMPLATE,
        "QueueName: ${vars.backlog}",
        "QueueName: ${vars.dead_letters}",
        "drain.props.triggers[0]: backlog reads the dead-letter queue, its messages would loop forever",
    ),
    "a backlog that nobody reads": (
        TEMPLATE,
        "BACKLOG_QUEUE: ${vars.backlog}",
        "BACKLOG_QUEUE: another",
        'drain.props.triggers: no trigger reads the backlog "another"',
    ),
    "a queue that the stack does not make": (
        TEMPLATE,
        "BACKLOG_QUEUE: ${vars.backlog}",
        "BACKLOG_QUEUE: another",
        'BACKLOG_QUEUE is "another", which ros.yml does not make',
    ),
    "a trigger after the eventbridge trigger": (
        TEMPLATE,
        DEAD_LETTER_ARN,
        DEAD_LETTER_ARN + TIMER_AT_THE_END,
        "drain.props.triggers[1]: daily stands after the eventbridge trigger backlog",
    ),
    "a function that may run longer than a queue trigger waits": (
        TEMPLATE,
        "timeout: 120 ",
        "timeout: 301 ",
        "drain.props.timeout: is 301 s, but the call of an event stream ends after 300",
    ),
    "a visibility shorter than two runs and a minute": (
        TEMPLATE,
        "BacklogVisibilityTimeout: '300'",
        "BacklogVisibilityTimeout: '299'",
        "infra.props.parameters.BacklogVisibilityTimeout: messages of oss-cdn-refresh-backlog come back after 299 s",
    ),
    "a retention below the maximum": (
        STACK,
        "MessageRetentionPeriod: 604800 ",
        "MessageRetentionPeriod: 345600 ",
        "ros.yml: MessageRetentionPeriod: messages of oss-cdn-refresh-backlog are kept for 345600 s",
    ),
    "events that vanish before seven days": (
        TEMPLATE,
        "maxAsyncEventAgeInSeconds: 604800",
        "maxAsyncEventAgeInSeconds: 86400",
        "maxAsyncEventAgeInSeconds: is 86400: write 604800",
    ),
    "another failure destination": (
        TEMPLATE,
        TO_THE_DEAD_LETTERS,
        ":/queues/elsewhere/messages",
        'destinationConfig.onFailure: "acs:mns:cn-hangzhou:1234567890123456:/queues/elsewhere/messages" is not the',
    ),
    "no failure destination": (
        TEMPLATE,
        "            destination: acs:mns",
        "            ignored: acs:mns",
        "asyncInvokeConfig.destinationConfig.onFailure: is missing",
    ),
    "another dead-letter queue of the stream": (
        TEMPLATE,
        DEAD_LETTER_ARN,
        DEAD_LETTER_ARN.replace("${vars.dead_letters}", "elsewhere"),
        'drain.props.triggers[0].triggerConfig.runOptions.deadLetterQueue: "acs:mns:cn-hangzhou:1234567890123456:/qu',
    ),
    "an asynchronous stream": (
        TEMPLATE,
        "asyncInvocationType: false",
        "asyncInvocationType: true",
        "triggerConfig.asyncInvocationType: is true",
    ),
    "a stream that is switched off": (
        TEMPLATE,
        "triggerEnable: true",
        "triggerEnable: false",
        "triggerConfig.triggerEnable: is false",
    ),
    "a stream that knows no batches": (
        TEMPLATE,
        "mode: event-streaming",
        "mode: event-driven",
        "runOptions.mode: is event-driven",
    ),
    "a stream that stops at a failure": (
        TEMPLATE,
        "errorsTolerance: ALL",
        "errorsTolerance: NONE",
        "runOptions.errorsTolerance: is NONE (NONE stops the stream): write ALL",
    ),
    "batches side by side": (
        TEMPLATE,
        "maximumTasks: 1\n",
        "maximumTasks: 2\n",
        "runOptions.maximumTasks: is 2 (parallel batches spend the same quota twice): write 1",
    ),
    "a delivery that does not exist": (
        TEMPLATE,
        "'REFRESH_DELIVERY', 'direct'",
        "'REFRESH_DELIVERY', 'batch'",
        'refresh.props.environmentVariables.DELIVERY: "batch" is unknown: write direct or batched',
    ),
    "a stream that gives up early": (
        TEMPLATE,
        "EXPONENTIAL_DECAY_RETRY",
        "BACKOFF_RETRY",
        "runOptions.retryStrategy: is BACKOFF_RETRY",
    ),
    "bodies that are decoded though they are plain": (
        TEMPLATE,
        "IsBase64Decode: false",
        "IsBase64Decode: true",
        "sourceMNSParameters.IsBase64Decode: is true",
    ),
    "no cap": (
        TEMPLATE,
        "        reservedConcurrency: 3\n",
        "",
        "refresh.props.concurrencyConfig: is missing, so nothing caps the instances",
    ),
    "more instances than the API's calls a second allow": (
        TEMPLATE,
        "reservedConcurrency: 3",
        "reservedConcurrency: 5",
        "calls a second 5 * 10 + 1 * 10 = 60 > 50: calls would be throttled: at most 4 instances of refresh",
    ),
    "more instances than the API's quota reads allow": (
        TEMPLATE,
        "reservedConcurrency: 3",
        "reservedConcurrency: 4",
        "quota reads a second 4 * 5 + 1 * 5 = 25 > 20: calls would be throttled: at most 3 instances of refresh",
    ),
    "a pace that the instances together exceed": (
        CONFIGURATION,
        CONFIG,
        CONFIG + "limits: {urls_per_minute_per_domain: 2501}\n",
        "URLs a minute and domain 3 * 2,501 + 1 * 2,501 = 10,004 > 10,000",
    ),
    "a monitoring that does not exist": (
        TEMPLATE,
        "'REFRESH_MONITORING', 'full'",
        "'REFRESH_MONITORING', 'on'",
        'monitoring.props.parameters.Monitoring: "on" is unknown: write full or none: REFRESH_MONITORING in .env',
    ),
    "a name that no SLS project can have": (
        TEMPLATE,
        "'oss-cdn-refresh')}",
        "'Oss_Cdn_Refresh')}",
        'monitoring.props.parameters.Project: "Oss_Cdn_Refresh-1234567890123456-cn-hangzhou-logs" is no name of an SLS',
    ),
    "a log that no query reads": (
        TEMPLATE,
        "        logstore: function-log\n",
        "        logstore: elsewhere\n",
        "refresh.props.logConfig: is not the log that monitoring.yml makes, which queries and alarms read: write",
    ),
    "a log that fc3 chooses": (
        TEMPLATE,
        "      logConfig:  ",
        "      logConfig: auto\n      ignored:  ",
        "refresh.props.logConfig: is not the log that monitoring.yml makes",
    ),
    "a log that the role may not write": (
        TEMPLATE,
        "        Logstore: function-log\n        Configuration",
        "        Logstore: elsewhere\n        Configuration",
        "infra.props.parameters.LogProject: the role may not write to the log oss-cdn-refresh-1234567890123456-cn-hang",
    ),
    "an alarm that is not what its query says": (
        MONITORING,
        "WHERE seconds > 300",
        "WHERE seconds > 900",
        "monitoring.yml: the whole file: is not what sls/ says: make monitoring",
    ),
    "a query that was changed in its source only": (
        f"{SOURCES}/queries/late.sql",
        "WHERE seconds > 300",
        "WHERE seconds > 900",
        "monitoring.yml: the whole file: is not what sls/ says: make monitoring",
    ),
    "an inventory that the role may not read": (
        CONFIGURATION,
        CONFIG,
        CONFIG + INVENTORY,
        "infra.props.parameters.Inventory: oss://lists/inventory.json, the collapse.inventory of config.yml,",
    ),
    "an inventory that the role need not read": (
        TEMPLATE,
        "'REFRESH_INVENTORY', ''",
        "'REFRESH_INVENTORY', 'oss://lists/inventory.json'",
        "is not the collapse.inventory of config.yml, the role could read it all the same: take REFRESH_INVENTORY out",
    ),
    "an inventory that is not deployed": (
        CONFIGURATION,
        CONFIG,
        CONFIG + "collapse: {inventory: lists/inventory.json}\n",
        "config.yml: collapse.inventory: functions/lists/inventory.json does not exist: make it with oss-cdn-refresh",
    ),
    "a configuration that is wrong": (
        CONFIGURATION,
        "bucket:",
        "bucked:",
        "config.yml: sites[0]: ",
    ),
    "a template that is wrong": (
        TEMPLATE,
        "${vars.name}",
        "${vars.nickname}",
        "template.yml: infra.props.name: ${vars.nickname} is not defined",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_reported_with_its_place(copy: Copy, capsys: pytest.CaptureFixture[str], fault: str) -> None:
    file, old, new, finding = FAULTS[fault]
    copy.replace(file, old, new)
    assert (copy.check(), finding in capsys.readouterr().err) == (1, True)


def test_the_present_deployment_has_no_fault(copy: Copy) -> None:
    assert copy.check() == 0


@pytest.mark.parametrize("rate", ["'0'", "''"])
def test_an_instance_without_a_rate_limit_is_refused(copy: Copy, capsys: pytest.CaptureFixture[str], rate: str) -> None:
    copy.replace(TEMPLATE, "CALLS_PER_SECOND: '10'", f"CALLS_PER_SECOND: {rate}")
    assert copy.check() == 1
    assert "CALLS_PER_SECOND: sets no bound to the calls of an instance" in capsys.readouterr().err


def test_a_rate_that_is_too_high_for_the_instances_is_refused(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    copy.replace(TEMPLATE, "CALLS_PER_SECOND: '10'", "CALLS_PER_SECOND: '13'")
    assert copy.check() == 1
    assert "calls a second 3 * 13 + 1 * 13 = 52 > 50" in capsys.readouterr().err


def test_a_deployment_without_fault_shows_the_arithmetic_of_the_proof(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    copy.check()
    shown = capsys.readouterr().out
    assert "calls a second 3 * 10 + 1 * 10 = 40 <= 50" in shown


@pytest.mark.parametrize("product", ["= 40 ", "= 20 ", "= 4,000 "])
def test_the_templates_comment_has_the_figures_of_the_proof(
    copy: Copy, capsys: pytest.CaptureFixture[str], product: str
) -> None:
    copy.check()
    comment = (ROOT / "template.yml").read_text(encoding="utf-8")
    assert (product in capsys.readouterr().out, product in comment) == (True, True)


def test_every_finding_has_four_parts(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    """File, place, fault and remedy, as in every message to a person."""
    copy.replace(TEMPLATE, "timeout: 120 ", "timeout: 600 ")
    copy.check()
    findings = capsys.readouterr().err.splitlines()
    assert [finding.count(": ") >= 3 for finding in findings] == [True] * 2


def test_a_trigger_may_watch_just_the_part_that_is_a_site(copy: Copy) -> None:
    copy.replace(CONFIGURATION, "my-site\n", "my-site\n    prefix: public/blog/\n")
    copy.replace(TEMPLATE, "prefix: ''", "prefix: public/")
    assert copy.check() == 0


def test_a_trigger_may_watch_just_what_a_site_includes(copy: Copy) -> None:
    copy.replace(CONFIGURATION, "my-site\n", 'my-site\n    include: ["img/*.jpg"]\n')
    copy.replace(TEMPLATE, "prefix: ''", "prefix: img/")
    copy.replace(TEMPLATE, "suffix: ''", "suffix: .jpg")
    assert copy.check() == 0


def test_two_triggers_may_watch_the_parts_that_braces_name(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    copy.replace(CONFIGURATION, "my-site\n", 'my-site\n    include: ["{docs/*,img/*.jpg}"]\n')
    copy.replace(TEMPLATE, "prefix: ''", "prefix: docs/")
    copy.replace(TEMPLATE, LAST_OF_THE_OSS_TRIGGER, LAST_OF_THE_OSS_TRIGGER + SECOND_TRIGGER)
    copy.check()
    assert "hides keys" not in capsys.readouterr().err


def test_triggers_that_share_no_key_do_not_overlap(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    copy.replace(TEMPLATE, "prefix: ''", "prefix: docs/")
    copy.replace(TEMPLATE, LAST_OF_THE_OSS_TRIGGER, LAST_OF_THE_OSS_TRIGGER + SECOND_TRIGGER)
    copy.check()
    assert "overlaps" not in capsys.readouterr().err


def test_eleven_triggers_on_a_bucket_are_one_too_many(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    more = "".join(
        SECOND_TRIGGER.replace("pictures", f"pictures-{number}").replace("img/", f"{number}/")
        for number in range(10, 20)
    )
    copy.replace(TEMPLATE, LAST_OF_THE_OSS_TRIGGER, LAST_OF_THE_OSS_TRIGGER + more)
    copy.check()
    assert "11 triggers watch my-site, OSS allows 10" in capsys.readouterr().err


def test_replicated_objects_may_be_subscribed(copy: Copy) -> None:
    copy.replace(
        TEMPLATE,
        "- oss:ObjectCreated:CopyObject\n",
        "- oss:ObjectCreated:CopyObject\n              - oss:ObjectReplication:ObjectCreated\n",
    )
    assert copy.check() == 0


UNDEPLOYED = {  # a deployment that succeeds, and a function that fails or never hears of a change
    "a handler that the code does not have": (
        "handler: refresh.handler",
        "handler: refresh.handle",
        'refresh.props.handler: "refresh.handle" is nothing that the code has: write refresh.handler',
    ),
    "an initializer that the code does not have": (
        "handler: refresh.initialize",
        "handler: refresh.init",
        'initializer.handler: "refresh.init" is nothing that the code has: write refresh.initialize',
    ),
    "no layer": (
        "/${vars.name}/versions/${vars.layer_version}",
        "",
        "names no layer: write acs:fc:REGION:ACCOUNT:layers/NAME/versions/NUMBER",
    ),
    "a layer of another region": (
        "acs:fc:${vars.region}",
        "acs:fc:cn-beijing",
        "is in cn-beijing, and the function in cn-hangzhou: write cn-hangzhou",
    ),
    "a version that is no number": (
        "${vars.layer_version}",
        "latest",
        'refresh.props.layers[0]: "latest" is no version of a layer: take REFRESH_LAYER_VERSION out of .env',
    ),
    "a cap of no instance": (
        "reservedConcurrency: 3",
        "reservedConcurrency: 0",
        "reservedConcurrency: is 0, so no event is worked on: write at least 1",
    ),
    "several events at a time": (
        "      cpu: 0.5",
        "      instanceConcurrency: 10\n      cpu: 0.5",
        "refresh.props.instanceConcurrency: is 10, and the code works on one event at a time: take it out",
    ),
    "a timeout that is too short": (
        "timeout: 120",
        "timeout: 3",
        "refresh.props.timeout: is 3 s: too short for a large event or a slow CDN: write at least 30",
    ),
    "no way to the internet": (
        "      cpu: 0.5",
        "      internetAccess: false\n      cpu: 0.5",
        "refresh.props.internetAccess: is false, and the API of the CDN is in the internet: write true",
    ),
    "a bucket's ARN of another region": (
        "sourceArn: acs:oss:${vars.region}",
        "sourceArn: acs:oss:cn-beijing",
        "no bucket of this account in cn-hangzhou: OSS triggers do not cross regions: write acs:oss:cn-hangzhou:",
    ),
    "a bucket without its ARN": (
        "sourceArn: acs:oss:${vars.region}:${config('AccountID')}:",
        "sourceArn: ",
        '"my-site" is no bucket of this account in cn-hangzhou',
    ),
    "a queue of another region": (
        "RegionId: ${vars.region}",
        "RegionId: cn-beijing",
        'sourceMNSParameters.RegionId: "cn-beijing" is not the region of the queue, which is cn-hangzhou: write Reg',
    ),
    "a filter of the stream": (
        "eventRuleFilterPattern: '{}'",
        'eventRuleFilterPattern: \'{"source":["x"]}\'',
        "(the stream drops the messages that it does not match): write '{}'",
    ),
    "a window of too many messages": (
        "CountBasedWindow: 10000",
        "CountBasedWindow: 20000",
        "batchWindow.CountBasedWindow: is 20000: write at most 10000",
    ),
    "a window of too many seconds": (
        "TimeBasedWindow: 15",
        "TimeBasedWindow: 60",
        "batchWindow.TimeBasedWindow: is 60: write at most 15",
    ),
    "a function that the flow leaves out": (
        "    - [drain]\n  remove",
        "  remove",
        "flow.deploy: drain is missing: it would not be deployed: add - [drain]",
    ),
    "a stack that the flow leaves out": (
        "    - [infra]\n",
        "",
        "flow.deploy: infra is missing: it would not be deployed: add - [infra]",
    ),
    "a function before its role": (
        "    - [infra]\n    - [monitoring]\n    - [refresh]",
        "    - [refresh]\n    - [infra]\n    - [monitoring]",
        "flow.deploy: refresh comes before infra, which makes its role and its queues: write infra first",
    ),
    "no flow at all": (
        "  deploy:                          #",
        "  undeploy:                        #",
        "flow.deploy: is missing, so a function can be deployed before its role and its queues are there: write -",
    ),
    "no lines of the platform": (
        "enableRequestMetrics: true",
        "enableRequestMetrics: false",
        "refresh.props.logConfig.enableRequestMetrics: is not true, so crashes and timeouts leave no line",
    ),
}


@pytest.mark.parametrize("fault", UNDEPLOYED)
def test_a_template_that_deploys_but_cannot_work_is_reported(
    copy: Copy, capsys: pytest.CaptureFixture[str], fault: str
) -> None:
    old, new, told = UNDEPLOYED[fault]
    copy.replace(TEMPLATE, old, new)
    assert (copy.check(), told in capsys.readouterr().err) == (1, True)


WITHOUT_RIGHTS = {
    "a queue": (
        "                  - mns:SendMessage\n                  - mns:Batch",
        "                  - mns:Batch",
        "/queues/oss-cdn-refresh-backlog/messages: nothing could be put into oss-cdn-refresh-backlog: allow it",
    ),
    "the quota": (
        "- cdn:DescribeRefreshQuota\n",
        "- cdn:DescribeRefreshTasks\n",
        "the role may not do cdn:DescribeRefreshQuota on acs:cdn:cn-hangzhou:1234567890123456:*: the day's quota",
    ),
    "the role": (
        "                - fc.aliyuncs.com\n",
        "                - ecs.aliyuncs.com\n",
        "ros.yml: AssumeRolePolicyDocument: does not let fc.aliyuncs.com assume the role, so the functions get no",
    ),
    "the role, as it is denied": (
        "Effect: Allow\n            Action: sts:",
        "Effect: Deny\n            Action: sts:",
        "does not let fc.aliyuncs.com assume the role",
    ),
    "the domains, as they are denied": (
        "Effect: Allow\n            Action:\n              - cdn:RefreshO",
        "Effect: Deny\n            Action:\n              - cdn:RefreshO",
        "www.example.com of config.yml is missing, the CDN would refuse its refreshes",
    ),
}


@pytest.mark.parametrize("what", WITHOUT_RIGHTS)
def test_a_right_that_the_stack_does_not_give_is_found(
    copy: Copy, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    old, new, told = WITHOUT_RIGHTS[what]
    copy.replace(STACK, old, new)
    assert (copy.check(), told in capsys.readouterr().err) == (1, True)


def test_rights_may_be_granted_with_wildcards(copy: Copy) -> None:
    copy.replace(STACK, "- mns:SendMessage\n                  - mns:Batch", "- mns:*\n                  - mns:Batch")
    assert copy.check() == 0


UNREADABLE = {
    "broken YAML": (TEMPLATE, "edition: [3.0.0\nname: x\n", "template.yml: line 2, column 5: did not find"),
    "a tab": (
        TEMPLATE,
        "vars:\n\tregion: x\n",
        "template.yml: line 2, column 1: found character that cannot",
    ),
    "another encoding": (TEMPLATE, "# a\n# caf\udce9\n", "template.yml: the whole file: unacceptable character"),
    "a list of resources": (TEMPLATE, "resources: [a]\n", "template.yml: resources: is no mapping: write lines"),
    "a list of variables": (TEMPLATE, "vars: [a]\nresources: {}\n", "template.yml: vars: is no mapping: write lines"),
    "no function": (
        TEMPLATE,
        "resources: {}\n",
        "template.yml: resources.refresh: is missing: write it as",
    ),
    "a resource without anything": (
        TEMPLATE,
        "resources: {refresh: }\n",
        "template.yml: resources.refresh: is no mapping",
    ),
    "properties that are a list": (
        TEMPLATE,
        "resources: {refresh: {component: fc3, props: [a]}}\n",
        "template.yml: refresh.props: is no mapping",
    ),
    "itself as its base": (
        TEMPLATE,
        "extend: template.yml\n",
        "template.yml: extend: template.yml extends itself: name another file",
    ),
    "a base that is not there": (
        TEMPLATE,
        "extend: no.yml\n",
        "template.yml: extend: no.yml does not exist: name a file",
    ),
    "a list as its base": (TEMPLATE, "extend: [a.yml]\n", "template.yml: extend: is no text: name one file"),
    "a stack of broken YAML": (
        STACK,
        "Resources: [\n",
        "ros.yml: line 2, column 1: did not find",
    ),
    "a stack that is a list": (STACK, "- a\n", "ros.yml: the whole file: is no mapping"),
    "a stack without resources": (STACK, "Parameters: {}\n", "ros.yml: Resources: is no mapping"),
    "a log's stack of broken YAML": (
        MONITORING,
        "Resources: [\n",
        "monitoring.yml: line 2, column 1: did not find",
    ),
}


@pytest.mark.parametrize("what", UNREADABLE)
def test_a_malformed_file_is_reported_in_one_line(copy: Copy, capsys: pytest.CaptureFixture[str], what: str) -> None:
    file, text, told = UNREADABLE[what]
    (copy.folder / file).write_bytes(text.encode("utf-8", "surrogateescape"))
    code = copy.check()
    (line,) = capsys.readouterr().err.splitlines()
    assert (code, line.startswith(told)) == (1, True)


MISSHAPEN = {
    "triggers that are no list": (
        "      triggers:\n        # One",
        "      triggers: x\n      others:\n        # One",
        "refresh.props.triggers: is no list: write lines",
    ),
    "a visibility that is no number": (
        "'300'",
        "'x'",
        'VisibilityTimeout: "x" is no whole number of seconds: write one',
    ),
    "a variable that is itself": (
        "${env('REFRESH_NAME', 'oss-cdn-refresh')}",
        "${vars.name}",
        "${vars.name} is defined by itself: write its value under vars",
    ),
    "a variable without a name": (
        "${env('REFRESH_REGION', 'cn-hangzhou')}",
        "${env()}",
        "template.yml: vars.region: ${env()} names nothing: write the name between quotes",
    ),
    "a path without a name": (
        "${path('./infra/ros.yml')}",
        "${path(ros.yml)}",
        "${path(ros.yml)} names nothing: write the name between quotes",
    ),
    "no stack of the log": (
        "  monitoring:                      # the log",
        "  observed:                        # the log",
        "template.yml: resources.monitoring: there is no such stack",
    ),
    "a rate of absurd length": (
        "CALLS_PER_SECOND: '10'",
        f"CALLS_PER_SECOND: '{'9' * 5_000}'",
        "(5,000 characters) is no whole number: write '10'",
    ),
}


@pytest.mark.parametrize("what", MISSHAPEN)
def test_a_value_of_another_shape_is_reported_without_a_traceback(
    copy: Copy, capsys: pytest.CaptureFixture[str], what: str
) -> None:
    old, new, told = MISSHAPEN[what]
    copy.replace(TEMPLATE, old, new)
    assert (copy.check(), told in capsys.readouterr().err) == (1, True)


@pytest.mark.parametrize("place", ["oss://", "oss://bucket", "oss://bucket/", "oss:///key"])
def test_a_configuration_in_oss_without_bucket_or_key_is_reported(
    copy: Copy, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    told = f"REFRESH_CONFIG: {place} names no object: write oss://bucket/key: REFRESH_CONFIG in .env"
    assert (copy.check({"REFRESH_CONFIG": place}), told in capsys.readouterr().err) == (1, True)


def test_a_variable_in_the_env_file_is_checked_instead_of_the_default(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    (copy.folder / ".env").write_text("REFRESH_BUCKET=elsewhere\n", encoding="utf-8")
    copy.check()
    assert 'no trigger watches "my-site"' in capsys.readouterr().err


def test_a_configuration_in_oss_is_not_compared(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    copy.check({"REFRESH_CONFIG": "oss://settings/config.yml"})
    assert "sites not compared" in capsys.readouterr().out


def test_a_copy_of_a_configuration_in_oss_is_compared(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    (copy.folder / "copy.yml").write_text(CONFIG.replace("my-site", "elsewhere"), encoding="utf-8")
    copy.check({"REFRESH_CONFIG": "oss://settings/config.yml"}, "--config", str(copy.folder / "copy.yml"))
    assert 'copy.yml: sites[0].bucket: no trigger watches "elsewhere"' in capsys.readouterr().err


READS = {"REFRESH_INVENTORY": "oss://lists/inventory.json"}


def test_an_inventory_that_the_role_may_not_read_is_reported_with_its_remedy(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    copy.replace(CONFIGURATION, CONFIG, CONFIG + INVENTORY)
    copy.check()
    remedy = ": write REFRESH_INVENTORY=oss://lists/inventory.json into .env"
    assert capsys.readouterr().err.rstrip("\n").endswith(remedy)


def test_an_inventory_in_oss_that_the_role_may_read_is_right(copy: Copy) -> None:
    copy.replace(CONFIGURATION, CONFIG, CONFIG + INVENTORY)
    assert copy.check(READS) == 0


def test_an_inventory_among_the_code_is_right(copy: Copy) -> None:
    (copy.folder / "functions" / "inventory.json").write_text("{}", encoding="utf-8")
    copy.replace(CONFIGURATION, CONFIG, CONFIG + "collapse: {inventory: inventory.json}\n")
    assert copy.check() == 0


def test_another_inventory_than_the_configurations_is_reported_once(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    copy.replace(CONFIGURATION, CONFIG, CONFIG + INVENTORY)
    copy.check({"REFRESH_INVENTORY": "oss://lists/old.json"})
    (told,) = capsys.readouterr().err.splitlines()
    assert '"oss://lists/old.json" is not the collapse.inventory of config.yml' in told
    assert told.endswith(": write REFRESH_INVENTORY=oss://lists/inventory.json into .env")


def test_a_stack_without_the_right_to_the_inventory_is_reported(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    copy.replace(CONFIGURATION, CONFIG, CONFIG + INVENTORY)
    copy.replace(STACK, "- Ref: Inventory\n\nOutputs", "- Ref: Configuration\n\nOutputs")
    assert (copy.check(READS), "the function could not read it" in capsys.readouterr().err) == (1, True)


def test_the_inventory_of_a_configuration_in_oss_is_not_compared(copy: Copy) -> None:
    assert copy.check({**READS, "REFRESH_CONFIG": "oss://settings/config.yml"}) == 0


def test_a_missing_configuration_is_reported_with_its_variable(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    (copy.folder / ".env").write_text("REFRESH_CONFIG=mine.yml\n", encoding="utf-8")
    copy.check()
    told = ".env: REFRESH_CONFIG: functions/mine.yml does not exist: write it, or name another file below functions/"
    assert capsys.readouterr().err.startswith(told)


def test_a_missing_template_is_reported_without_a_traceback(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    copy.template.unlink()
    copy.check()
    assert "template.yml" in capsys.readouterr().err


def test_a_domain_with_a_space_is_reported_once(copy: Copy, capsys: pytest.CaptureFixture[str]) -> None:
    """The finding is the space; the domain is reported neither as missing nor as unneeded."""
    copy.check({"REFRESH_DOMAINS": " www.example.com"})
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_variants_with_a_query_are_accepted_beside_query_ignore(copy: Copy) -> None:
    copy.replace(CONFIGURATION, "my-site\n", 'my-site\n    query: ignore\n    variants: ["?w=100"]\n')
    assert copy.check() == 0


def test_variants_without_a_query_are_accepted(copy: Copy) -> None:
    copy.replace(CONFIGURATION, "my-site\n", 'my-site\n    variants: ["!thumb"]\n')
    assert copy.check() == 0


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        (
            "REFRESH_DOMAIN=a.example.com",
            ".env: REFRESH_DOMAIN: template.yml does not read it: did you mean REFRESH_DOMAINS?",
        ),
        (
            "REFRESH_XYZZY_42=1",
            ".env: REFRESH_XYZZY_42: template.yml does not read it: known are REFRESH_ACTION_POLICY, ",
        ),
    ],
    ids=["near to a known one", "near to none"],
)
def test_an_unknown_variable_in_the_env_file_is_reported(
    copy: Copy, capsys: pytest.CaptureFixture[str], line: str, finding: str
) -> None:
    (copy.folder / ".env").write_text(f"{line}\n", encoding="utf-8")
    assert (copy.check(), finding in capsys.readouterr().err) == (1, True)


def test_names_of_others_may_stand_in_the_env_file(copy: Copy) -> None:
    (copy.folder / ".env").write_text("HTTPS_PROXY=http://localhost:1\n", encoding="utf-8")
    assert copy.check() == 0


def test_names_of_others_may_stand_in_the_environment(copy: Copy) -> None:
    """A REFRESH_TOKEN there belongs to another program."""
    assert copy.check({"REFRESH_TOKEN": "secret"}) == 0


@pytest.mark.parametrize("file", [TEMPLATE, STACK, MONITORING])
@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"- a list\n",
        b"a: [\n",
        b"a: \t- b\n",
        b"\xff\xfe\x00",
        b"a: \xc3(",
        b"resources: {}\n",
        b"a: !!python/object:os.system {}\n",
        b"a: &a [*a]\n",
        b"Parameters: []\nresources: {refresh: {}}\n",
        b"a: 1\na: 2\n",
        b"a: " + b"9" * 5_000,
        b"[" * 2_000,
        b"a: 2026-13-45\n",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_an_unreadable_file_of_the_deployment_is_reported_in_one_line(
    copy: Copy, capsys: pytest.CaptureFixture[str], file: str, text: bytes
) -> None:
    (copy.folder / file).write_bytes(text)
    assert copy.check() == 1
    (told,) = capsys.readouterr().err.splitlines()
    assert (told.partition(": ")[0], len(told.split(": ")) >= 4) == (file.rpartition("/")[2], True)


@pytest.mark.parametrize("seconds", ["'9" + "9" * 5_000 + "'", "''", "'5 min'", "'-1'", "'\u00b2'", "'\uff13\uff10'"])
def test_a_time_of_a_queue_that_is_not_a_number_is_reported(
    copy: Copy, capsys: pytest.CaptureFixture[str], seconds: str
) -> None:
    copy.replace(TEMPLATE, "BacklogVisibilityTimeout: '300'", f"BacklogVisibilityTimeout: {seconds}")
    assert copy.check() == 1
    told = capsys.readouterr().err
    assert told.startswith("ros.yml: oss-cdn-refresh-backlog.VisibilityTimeout: ")
    assert len(told) < 500


LAYER = (
    "      layers:\n"
    "        - acs:fc:${vars.region}:${config('AccountID')}:layers/${vars.name}/versions/${vars.layer_version}\n"
)


def test_functions_whose_packages_lie_in_their_code_need_no_layer(copy: Copy) -> None:
    copy.replace(TEMPLATE, LAYER, "")
    (copy.folder / "functions" / "certifi").mkdir()
    assert copy.check() == 0


def test_functions_without_a_layer_and_without_packages_are_reported(
    copy: Copy, capsys: pytest.CaptureFixture[str]
) -> None:
    copy.replace(TEMPLATE, LAYER, "")
    assert copy.check() == 1
    assert "template.yml: refresh.props.layers: is missing, and the packages" in capsys.readouterr().err
