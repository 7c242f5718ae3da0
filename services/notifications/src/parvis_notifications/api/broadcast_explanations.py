# SPDX-License-Identifier: EUPL-1.2
"""Why a piece of news or an alert came to somebody, or did not."""

from datetime import timedelta
from typing import Final, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language, Text
from parvis_kit.web.operation import problems, router, token
from parvis_notifications.api.context import citizen_of, language_of, now, parts_of
from parvis_notifications.domain.broadcast import Lane, PartState
from parvis_notifications.domain.broadcast_reason import PartReason, WholeReason
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.explain_broadcast import Explained, ExplainedPart, explain_broadcast

routes = router(tags=["subscriptions"])
WHOLE_WORDS: Final = {
    WholeReason.TOLD: Text(fr="Ce message vous est destiné.", en="This message is for you."),
    WholeReason.NOT_YET: Text(
        fr="Ce message part bientôt ; vous êtes concerné.", en="This message goes soon; it concerns you."
    ),
    WholeReason.PAUSED: Text(
        fr="La collectivité a suspendu cet envoi avant qu'il ne commence.",
        en="The town has paused this before it began.",
    ),
    WholeReason.CALLED_OFF: Text(
        fr="La collectivité a annulé cet envoi avant qu'il ne commence.",
        en="The town has called this off before it began.",
    ),
    WholeReason.NO_CONSENT: Text(
        fr="Vous n'avez pas accepté de recevoir ce genre de message : choisissez-le dans vos abonnements.",
        en="You have not agreed to such messages: choose them in your subscriptions.",
    ),
    WholeReason.NO_EXERCISE: Text(
        fr="C'est un exercice, et vous n'avez pas accepté d'y participer.",
        en="It is an exercise, and you have not agreed to take part in those.",
    ),
    WholeReason.OTHER_TOPIC: Text(fr="Vous n'êtes pas abonné à ce sujet.", en="You have not subscribed to this topic."),
    WholeReason.NO_PLACE: Text(
        fr="Cette alerte concerne un secteur, et vous n'avez indiqué aucun lieu.",
        en="This alert is for an area, and you have named no place.",
    ),
    WholeReason.ELSEWHERE: Text(
        fr="Aucun de vos lieux ne se trouve dans le secteur concerné.",
        en="None of your places is in the area that it is for.",
    ),
    WholeReason.LATER: Text(
        fr="Les destinataires étaient arrêtés avant que vos choix actuels ne vous y fassent figurer.",
        en="Who is told was settled before your present choices made you one of them.",
    ),
    WholeReason.SAME_ADDRESS: Text(
        fr="La même adresse ou le même numéro l'a reçu par un autre abonnement ou par le registre.",
        en="The same address or number has had it by another subscription or by the register.",
    ),
    WholeReason.NO_WAY: Text(
        fr="Nous n'avions aucune adresse de vous pour les canaux de cet envoi.",
        en="We had no address of yours for the channels of this.",
    ),
    WholeReason.FORGOTTEN: Text(
        fr="Ce message est trop ancien : nous ne savons plus à qui il a été envoyé.",
        en="This is too old: we know no more to whom it was sent.",
    ),
}
PART_WORDS: Final = {
    PartReason.AGREED: Text(fr="Vous avez choisi ce canal pour ce sujet.", en="You chose this channel for this topic."),
    PartReason.OVERRIDES: Text(
        fr="Vous avez accepté les alertes, qui passent outre vos heures de repos et vos choix de canaux.",
        en="You agreed to alerts, which override your quiet hours and your choices of channels.",
    ),
    PartReason.UNDER_WAY: Text(fr="L'envoi est en cours.", en="It is on its way."),
    PartReason.QUIET_HOURS: Text(
        fr="Le message attend la fin des heures de tranquillité : les vôtres ou, à défaut, celles de la nuit.",
        en="It waits for the end of the quiet hours: yours or, where you chose none, those of the night.",
    ),
    PartReason.DIGEST: Text(
        fr="Vous avez choisi un résumé : le message part avec d'autres, à l'heure que vous avez choisie.",
        en="You chose a digest: it goes with others, at the time that you chose.",
    ),
    PartReason.ESCALATES: Text(
        fr="Ce canal sert plus tard, si vous n'avez pas répondu d'ici là.",
        en="This channel is used later, if you have not answered by then.",
    ),
    PartReason.TRIED_AGAIN: Text(
        fr="L'envoi a été refusé pour l'instant ; il est tenté de nouveau.",
        en="It was refused for now, and is tried again.",
    ),
    PartReason.ANSWERED: Text(
        fr="Vous aviez déjà répondu : ce canal n'était plus utile.",
        en="You had answered already: this channel was needed no more.",
    ),
    PartReason.NOT_WANTED: Text(
        fr="Vous aviez changé d'avis avant l'envoi.", en="You had changed your mind before it went."
    ),
    PartReason.TEXTS_STOPPED: Text(
        fr="Vous avez répondu STOP à un SMS : il ne vous en est plus envoyé.",
        en="You answered STOP to a text message: no more are sent to you.",
    ),
    PartReason.ADDRESS_DEAD: Text(
        fr="Des envois précédents ne sont pas arrivés à cette adresse : confirmez-la, ou donnez-en une autre.",
        en="Earlier ones did not arrive at that address: confirm it anew, or give another one.",
    ),
    PartReason.NO_ADDRESS: Text(fr="Nous n'avions plus d'adresse pour ce canal.", en="We had no address left for it."),
    PartReason.LEFT_ROOM: Text(
        fr="Vous avez quitté le salon de messagerie, ou refusé l'invitation : donnez de nouveau votre adresse pour être"
        " joint là.",
        en="You have left the messenger's room, or refused the invitation: give your address again to be reached"
        " there.",
    ),
    PartReason.TOO_LATE: Text(
        fr="L'envoi n'a pu se faire à temps pour vous être utile.", en="It could not go in time to be of use."
    ),
    PartReason.REFUSED: Text(
        fr="Le transporteur a refusé l'envoi : voyez sa réponse.", en="Whoever carries it refused it: see their answer."
    ),
    PartReason.BOUNCED: Text(
        fr="L'envoi a été pris en charge, puis n'est pas arrivé.", en="It was taken, and did not arrive."
    ),
    PartReason.UNKNOWN: Text(
        fr="L'envoi est parti et nul n'a confirmé sa prise en charge.",
        en="It went out, and nobody confirmed that it was taken.",
    ),
    PartReason.PAUSED: Text(fr="La collectivité a suspendu cet envoi.", en="The town has paused this."),
    PartReason.CALLED_OFF: Text(
        fr="La collectivité a annulé cet envoi avant qu'il ne vous parvienne par ce canal.",
        en="The town has called this off before it came to you by this channel.",
    ),
}


class BroadcastPartView(BaseModel):
    """Why it went by a channel, goes later, or does not; and how far it has come."""

    channel: Channel
    reason: PartReason
    explanation: str = Field(description="The same in words, in the language asked for.")
    state: PartState
    attempts: int
    last_reply: str | None = Field(description="The carrier's code, or why there is none.")
    next_attempt_at: AwareDatetime | None
    sent_at: AwareDatetime | None
    delivered_at: AwareDatetime | None = Field(description="When it was told that it had arrived, where that is told.")
    delayed_at: AwareDatetime | None = Field(description="When it was last told that delivery is still being tried.")
    bounced_at: AwareDatetime | None
    report_status: str | None = Field(description="What the last report on it gave as status.")


class BroadcastExplanation(BaseModel):
    """Why a piece of news or an alert reached the caller, waits, or did not."""

    id: UUID
    kind: Literal["news", "alert"]
    reason: WholeReason = Field(
        description="Of whom it was not for: as their choices stand now, but for `same-address` and `no-way`."
    )
    explanation: str = Field(description="The same in words, in the language asked for.")
    settled_at: AwareDatetime | None = Field(description="When it was settled who is told.")
    parts: list[BroadcastPartView] = Field(
        description="By each channel, in their order; none where it was not for them."
    )


@routes.get(
    "/v1/broadcast-explanations/{broadcast_id}",
    **token("notifications.subscriptions.read"),
    operation_id="explainBroadcast",
    response_model=BroadcastExplanation,
    responses=problems(401, 403, 404, 422),
)
async def explain(broadcast_id: UUID, request: Request, response: Response) -> object:
    """Why a piece of news or an alert of the town came to the caller, waits, or did not come, by each channel."""
    reader, runtime, language = citizen_of(request), parts_of(request).runtime, language_of(request)
    async with runtime.database.reading() as session:
        kept = timedelta(days=runtime.settings.audience_retention_days)
        found = await explain_broadcast(session, reader, broadcast_id, kept, now())
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"})
    return _view(found, language)


def _view(found: Explained, language: Language) -> BroadcastExplanation:
    row = found.broadcast
    return BroadcastExplanation(
        id=row.id,
        kind="alert" if row.lane == Lane.ALERT else "news",
        reason=found.reason,
        explanation=WHOLE_WORDS[found.reason].in_language(language),
        settled_at=row.frozen_at,
        parts=[_part(each, language) for each in found.parts],
    )


def _part(explained: ExplainedPart, language: Language) -> BroadcastPartView:
    part, reason = explained.row, explained.reason
    return BroadcastPartView(
        channel=Channel(part.channel),
        reason=reason,
        explanation=PART_WORDS[reason].in_language(language),
        state=PartState(part.state),
        attempts=part.attempts,
        last_reply=part.last_reply,
        next_attempt_at=explained.next_at,
        sent_at=part.sent_at,
        delivered_at=part.delivered_at,
        delayed_at=part.delayed_at,
        bounced_at=part.bounced_at,
        report_status=part.report_status,
    )
