"""Alarms of the template, put into the AWS emulator, and fired by test metrics; one is followed to the topic's queue.

The emulator compares the statistic of all data within an alarm's periods with its threshold. It looks neither at
dimensions nor at single periods or missing data, and does not evaluate metric math: alarms with an expression are
evaluated by `test_alarms`.
"""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from infra.alarm_shapes import Alarm
from infra.alarms import ALARMS, FUNCTIONS
from local import emulator
from local.children import die_with
from local.loopback import answers
from local.private_files import load_or_make_secrets, make_private_folder
from local.settings import REGION, ROOT
from tests.infra.conftest import Templates
from tests.infra.test_alarms import EXAMPLES, alarm_named
from tests.support.stack import settings_in
from tests.support.waiting import until

pytestmark = [pytest.mark.requirement("FX-19"), pytest.mark.needs("ministack")]

SINGLE = [
    alarm for alarm in ALARMS if alarm.expression is None and not any(s.of in FUNCTIONS for s in alarm.series.values())
]
Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """Clients of an emulator that has CloudWatch, SNS and SQS."""
    settings = settings_in(tmp_path_factory.mktemp("alarms"))
    make_private_folder(settings.state_dir)
    secrets = load_or_make_secrets(settings.state_dir)
    env = emulator.environment(settings, secrets) | {"SERVICES": "monitoring,sns,sqs", "PERSIST_STATE": "0"}
    with (settings.state_dir / "emulator.log").open("wb") as log:
        process = subprocess.Popen(
            emulator.COMMAND, cwd=ROOT, env=env, stdout=log, stderr=log, preexec_fn=die_with(os.getpid())
        )
    try:
        until(lambda: answers(f"{settings.cloud_url}/_ministack/ready"), "the emulator answers", 60)
        session: Any = boto3.Session(secrets.access_key_id, secrets.secret_access_key, region_name=REGION)
        yield lambda service: session.client(service, endpoint_url=settings.cloud_url)
    finally:
        process.kill()
        process.wait()


def put(client: Client, templates: dict[Any, Templates], alarm: Alarm, topic: str) -> str:
    """The alarm as the template has it, with names in the places of references; its name."""
    properties = dict(alarm_named(templates["dev"].observability, alarm.name))
    properties["Dimensions"] = [
        {"Name": each["Name"], "Value": each["Value"] if isinstance(each["Value"], str) else "a"}
        for each in properties.get("Dimensions", [])
    ]
    properties |= {"AlarmDescription": alarm.says, "AlarmActions": [topic], "OKActions": [topic]}
    del properties["Tags"]
    client("cloudwatch").put_metric_alarm(**properties)
    return str(properties["AlarmName"])


def measure(client: Client, alarm: Alarm, value: float) -> None:
    (series,) = alarm.series.values()
    point = {"MetricName": series.name, "Value": value, "Timestamp": time.time()}
    client("cloudwatch").put_metric_data(Namespace=series.namespace, MetricData=[point])


def state(client: Client, name: str) -> str:
    (found,) = client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(found["StateValue"])


@pytest.mark.parametrize("alarm", SINGLE, ids=[alarm.name for alarm in SINGLE])
def test_an_alarm_fires_once_by_a_test_metric(client: Client, templates: dict[Any, Templates], alarm: Alarm) -> None:
    topic = client("sns").create_topic(Name="alarms")["TopicArn"]
    queue = client("sqs").create_queue(QueueName=f"told-{alarm.name}")["QueueUrl"]
    attributes = client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
    subscribed = client("sns").subscribe(
        TopicArn=topic, Protocol="sqs", Endpoint=attributes["QueueArn"], ReturnSubscriptionArn=True
    )["SubscriptionArn"]
    name = put(client, templates, alarm, topic)
    firing, _ = EXAMPLES[alarm.name]
    (value,) = firing.values()
    measure(client, alarm, value)
    assert state(client, name) == "ALARM"
    measure(client, alarm, value)
    told = client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=20)["Messages"]
    messages = [json.loads(json.loads(message["Body"])["Message"]) for message in told]
    assert [(each["AlarmName"], each["NewStateValue"]) for each in messages] == [(name, "ALARM")]
    client("sns").unsubscribe(SubscriptionArn=subscribed)
    client("cloudwatch").delete_alarms(AlarmNames=[name])
