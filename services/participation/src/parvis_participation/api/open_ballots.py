# SPDX-License-Identifier: EUPL-1.2
"""Ballots of those whose device cannot seal one, and what the roll says of oneself."""

from enum import StrEnum
from typing import Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.web.operation import problems, router, token
from parvis_participation.api.context import citizen_of, language_of, now, parts_of
from parvis_participation.api.poll_schemas import ReceiptView
from parvis_participation.api.schemas import Input
from parvis_participation.api.vote_schemas import Pick
from parvis_participation.domain.desk import Channel
from parvis_participation.service.seal_for_voter import OpenBallot, seal_for_voter, standing_of

routes = router(tags=["ballots"])
_NOTICE: Final = {
    "fr": "Votre appareil n'a pas chiffré ce bulletin : le serveur de la collectivité l'a fait, et a vu votre choix le "
    "temps de le faire. Il ne l'a pas conservé. Votre vote est donné et ne change plus.",
    "en": "Your device has not sealed this ballot: the town's server has, and saw your choice while it did. It has not "
    "kept it. Your vote is given and does not change any more.",
}


class Sealer(StrEnum):
    """Who sealed a ballot."""

    SERVER = "server"


class NewOpenBallot(Input):
    """What somebody votes, for the server to seal."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    choice: list[Pick] = Field(max_length=100, description="In a ranking, the first choice first.")
    padding: str = Field(
        default="",
        max_length=8_192,
        description="Anything, not kept: brings all calls to one length, which would tell the choice otherwise.",
    )


class ServerReceiptView(ReceiptView):
    """The receipt of a ballot that the server sealed."""

    sealed_by: Sealer
    notice: str = Field(description="What the voter is to be told, in the language asked for.")


class StandingView(BaseModel):
    """Whether a vote stands on the roll for one, and how it came."""

    poll_id: UUID
    voted: bool
    channel: Channel | None


@routes.post(
    "/v1/polls/{poll_id}/open-ballots",
    **token("participation.ballots.write"),
    operation_id="castOpenBallot",
    response_model=ServerReceiptView,
    responses=problems(400, 401, 403, 404, 409, 413, 422),
)
async def cast(poll_id: UUID, body: NewOpenBallot, request: Request, response: Response) -> ServerReceiptView:
    """Vote from a device that cannot seal, where the poll allows it (`server`): the server sees the choice, and seals.

    A page says so before the choice: the vote does not change once it is given.

    Sent again, it is refused: whoever lost the answer reads from the roll that they have voted.
    """
    citizen, parts = citizen_of(request), parts_of(request)
    choice = tuple((pick.code, pick.points) for pick in body.choice)
    ballot = OpenBallot(citizen.collectivity, poll_id, citizen.person, citizen.acr, choice)
    commitment, signature = await seal_for_voter(
        ballot,
        database=parts.runtime.database,
        urn=parts.urn,
        roll_keys=parts.roll_keys,
        seals=parts.seals,
        now=now(),
    )
    response.headers["Cache-Control"] = "no-store"
    return ServerReceiptView(
        poll_id=poll_id,
        commitment=commitment.hex(),
        signature=signature.hex(),
        sealed_by=Sealer.SERVER,
        notice=_NOTICE[language_of(request)],
    )


@routes.get(
    "/v1/polls/{poll_id}/roll-entries/mine",
    **token("participation.votes.read"),
    operation_id="readRollEntry",
    response_model=StandingView,
    responses=problems(401, 403, 404, 422),
)
async def standing(poll_id: UUID, request: Request, response: Response) -> StandingView:
    """Whether a vote stands on the roll for oneself, whoever gave it; also once the poll is counted."""
    citizen, parts = citizen_of(request), parts_of(request)
    found = await standing_of(
        citizen.collectivity,
        poll_id,
        citizen.person,
        database=parts.runtime.database,
        roll_keys=parts.roll_keys,
        seals=parts.seals,
    )
    response.headers["Cache-Control"] = "no-store"
    return StandingView(poll_id=poll_id, voted=found.voted, channel=found.channel)
