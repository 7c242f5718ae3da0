# SPDX-License-Identifier: EUPL-1.2
"""What somebody of another town tries at the dead letters of each service that hears of people."""

import re
from functools import partial
from typing import Any
from uuid import uuid4

from confluent_kafka import Producer

from parvis_local.demo.cast import Actor
from parvis_local.demo.expecting import eventually, expect

SERVICES = ("requests", "notifications", "participation")
LETTER_CALLS: dict[str, tuple[str, Any, dict[str, str]]] = {
    f"{act}{service.capitalize()}DeadLetter{'s' if act == 'list' else ''}": ("administrator", body, {})
    for service in SERVICES
    for act, body in (("list", None), ("read", None), ("redrive", {}), ("discard", {"reason": "Non."}))
}
LETTER_OWN = {name for name in LETTER_CALLS if name.startswith("list")}
LETTER_READS = [("administrator", f"/v1/dead-letters/{each}/{{{each}_letter_id}}") for each in SERVICES]
# One record for all: each of them buries it for itself.
_TOPIC = "parvis.identity.person.v1"


def letter_path(path: str) -> str:
    """The path of an operation with that service's letter in place of any."""
    return re.sub(r"/dead-letters/(\w+)/{letter_id}", r"/dead-letters/\1/{\1_letter_id}", path)


def letters_in(bootstrap_servers: str, administrator: Actor) -> dict[str, str]:
    """A letter of Paris at each service: a record of Kafka that breaks off."""
    event, key = str(uuid4()), str(uuid4())
    attributes = {"specversion": "1.0", "id": event, "type": "fr.parvis.identity.account-merged.v1"}
    attributes |= {"source": "/parvis/identity", "subject": key, "time": "2026-11-26T08:00:00Z"}
    attributes |= {"collectivity": "paris", "sequence": "1"}
    headers: list[tuple[str, str | bytes | None]] = [(f"ce_{name}", text) for name, text in attributes.items()]
    producer = Producer({"bootstrap.servers": bootstrap_servers})
    producer.produce(_TOPIC, b'{"person":', key, headers=headers)
    assert producer.flush(30) == 0

    def found(service: str) -> list[str]:
        listed = expect(administrator.get(f"/v1/dead-letters/{service}?state=waiting&limit=100"), 200).json()["items"]
        return [letter["id"] for letter in listed if letter["event_id"] == event]

    return {f"{each}_letter_id": eventually(f"a letter of {each}", partial(found, each))[0] for each in SERVICES}
