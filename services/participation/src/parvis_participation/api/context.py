# SPDX-License-Identifier: EUPL-1.2
"""What routes take from the request and from the running process."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.requests import Request

from parvis_files.route import Uploads
from parvis_kit.locale import Language
from parvis_kit.runtime import Runtime
from parvis_kit.security.principal import Principal
from parvis_kit.web.operation import principal_of
from parvis_participation.db.hot import Answering
from parvis_participation.db.urn import Urn
from parvis_participation.db.votes import Voting
from parvis_participation.domain.errors import NotAllowedError
from parvis_participation.outgoing.roll_keys import RollKeys
from parvis_participation.service.chain_acts import By, Chain
from parvis_participation.service.count_poll import Board
from parvis_participation.service.member_names import MemberNames
from parvis_participation.service.prepared_files import Preparing
from parvis_participation.service.pseudonyms import Pseudonyms
from parvis_participation.service.seals import Seals
from parvis_participation.service.survey_files import Filing
from parvis_participation.service.survey_words import SurveyWords
from parvis_participation.settings import Settings


@dataclass(frozen=True, slots=True)
class Parts:
    """The open parts of this service's api process."""

    runtime: Runtime[Settings]
    answering: Answering
    urn: Urn
    seals: Seals
    voting: Voting
    pseudonyms: Pseudonyms
    roll_keys: RollKeys
    words: SurveyWords
    names: MemberNames
    uploads: Uploads
    filing: Filing
    board: Board = field(default_factory=Board)
    preparing: Preparing = field(default_factory=Preparing)


def parts_of(request: Request) -> Parts:
    """The parts of the process that answers."""
    parts: Parts = request.app.state.parts
    return parts


def agent_of(request: Request) -> Principal:
    """The agent who calls; raises NotAllowedError for anybody else."""
    principal = principal_of(request)
    if not principal.is_agent:
        raise NotAllowedError
    return principal


def citizen_of(request: Request) -> Principal:
    """The citizen who calls; raises NotAllowedError for anybody else."""
    principal = principal_of(request)
    if not principal.is_citizen:
        raise NotAllowedError
    return principal


def language_of(request: Request) -> Language:
    """The language to answer in."""
    language: Language = request.state.language
    return language


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def chain_of(request: Request) -> tuple[Chain, By]:
    """What an agent does is written down, and by whom and when."""
    return Chain(parts_of(request).seals), By(agent_of(request).person, now())
