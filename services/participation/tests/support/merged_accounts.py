# SPDX-License-Identifier: EUPL-1.2
"""What the service hears when two accounts turn out to be one person's."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID, uuid4

from parvis_kit.messaging.consumer import Handler
from parvis_kit.messaging.events import Event
from parvis_participation.consumers import people
from parvis_participation.service.seals import Seals
from parvis_participation.service.survey_words import SurveyWords
from parvis_testing import Caller, Harness

TYPE = "fr.parvis.identity.account-merged.v1"
EXAMPLE = Path(__file__).parents[4] / "contracts/examples/events" / f"{TYPE}.json"


def merged(absorbed: Caller, kept: Caller) -> Event:
    data = json.loads(EXAMPLE.read_text("utf-8")) | {"person": absorbed.subject, "into": kept.subject}
    return Event(
        id=uuid4(), type=TYPE, source="/parvis/identity", subject=absorbed.subject, time=datetime.now(UTC),
        collectivity="paris", sequence=4, key=UUID(absorbed.subject), topic=people.TOPICS[0], data=data,
        traceparent=None,
    )  # fmt: skip


def handlers(service: Harness) -> Mapping[str, Handler]:
    runtime = service.runtime
    return people.handlers(Seals(runtime.master), SurveyWords(runtime.master, runtime.persons))


async def hear(service: Harness, *events: Event) -> None:
    runtime = service.runtime
    for event in events:
        async with runtime.database.unit_of_work() as uow:
            await people.handlers(Seals(runtime.master), SurveyWords(runtime.master, runtime.persons))[event.type](
                event, uow.session
            )
            await uow.commit()
