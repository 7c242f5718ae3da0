# SPDX-License-Identifier: EUPL-1.2
"""What is heard of people: which events, from which topics."""

from collections.abc import Mapping
from typing import Final

from parvis_kit.messaging.consumer import Handler
from parvis_participation.consumers import account_merged, person_erased
from parvis_participation.service.seals import Seals
from parvis_participation.service.survey_words import SurveyWords

TOPICS: Final = ("parvis.identity.person.v1",)


def handlers(seals: Seals, words: SurveyWords) -> Mapping[str, Handler]:
    """What is done with each type of event."""
    return {
        account_merged.TYPE: account_merged.handler(seals, words),
        person_erased.TYPE: person_erased.handler(words.persons),
    }
