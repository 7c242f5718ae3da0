# SPDX-License-Identifier: EUPL-1.2
"""What agents prepare: until it is published it can be changed and thrown away, and nobody else knows of it."""

from datetime import datetime
from enum import StrEnum

from parvis_participation.domain.errors import ParticipationError, StaleVersionError


class Preparation(StrEnum):
    """Whether it is still prepared."""

    DRAFT = "draft"
    PUBLISHED = "published"


class NotDraftError(ParticipationError):
    """It is published: what people read, and vote on, changes no more."""


def check_draft(published_at: datetime | None, version: int, seen: int) -> None:
    """Raise StaleVersionError unless the caller saw the version that stands, NotDraftError once it is published."""
    if version != seen:
        raise StaleVersionError
    if published_at is not None:
        raise NotDraftError
