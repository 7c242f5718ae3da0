# SPDX-License-Identifier: EUPL-1.2
"""What is told of surveys: ids, codes and times; never who answered, or what."""

from datetime import datetime
from typing import Final

from parvis_kit.messaging.events import Event, instant
from parvis_participation.db.survey_tables import Survey
from parvis_participation.events import told

SURVEY_TOPIC: Final = "parvis.participation.survey.v1"


def survey_opened(survey: Survey, at: datetime) -> Event:
    """A survey takes answers from now on."""
    return _told("survey-opened", survey, at)


def survey_closed(survey: Survey, at: datetime) -> Event:
    """A survey takes no more answers of people."""
    return _told("survey-closed", survey, at)


def results_published(survey: Survey, at: datetime) -> Event:
    """What the answers to a survey add up to is public."""
    return _told("survey-results-published", survey, at)


def _told(name: str, survey: Survey, at: datetime) -> Event:
    data = {
        "survey_id": str(survey.id),
        "collectivity": survey.collectivity,
        "opens_at": instant(survey.opens_at),
        "closes_at": instant(survey.closes_at),
        "occurred_at": instant(at),
        "sequence": survey.version,
    }
    return told(name, SURVEY_TOPIC, survey.id, survey.version, survey.collectivity, at, data)
