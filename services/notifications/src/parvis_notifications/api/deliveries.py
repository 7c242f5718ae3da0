# SPDX-License-Identifier: EUPL-1.2
"""Why a message was sent, or was not."""

from typing import Final
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language, Text
from parvis_kit.web.operation import problems, router, token
from parvis_notifications.api.context import language_of, parts_of, reader_of
from parvis_notifications.api.preference_schemas import AttemptView, DeliveryList, DeliveryView
from parvis_notifications.db.decisions import Followed
from parvis_notifications.db.delivery_tables import DeliveryAttempt
from parvis_notifications.domain.delivery import AttemptOutcome, SendingState, finality
from parvis_notifications.domain.message import Template
from parvis_notifications.domain.preferences import Outcome, Reason
from parvis_notifications.domain.topic import LEGAL, Channel
from parvis_notifications.service.explain_deliveries import explain_deliveries, order_of

routes = router(tags=["inbox"])
WORDS: Final = {
    Reason.CHOSEN: Text(fr="Vous avez choisi ce canal pour ce sujet.", en="You chose this channel for this topic."),
    Reason.DEFAULT: Text(
        fr="C'est le canal habituel : vous n'avez rien choisi pour ce sujet.",
        en="This is the usual channel: you chose nothing for this topic.",
    ),
    Reason.LEGAL_NOTICE: Text(
        fr="La loi prévoit cet envoi, quels que soient vos choix.", en="The law has it sent, whatever you chose."
    ),
    Reason.QUIET_HOURS: Text(
        fr="Le message attendait la fin de vos heures de tranquillité.",
        en="The message waited for the end of your quiet hours.",
    ),
    Reason.CALLS_REST: Text(
        fr="La collectivité n'appelle personne à cette heure : l'appel attendait.",
        en="The town calls nobody at that hour: the call waited.",
    ),
    Reason.DIGEST: Text(
        fr="Vous avez choisi de recevoir ces messages ensemble, dans un seul courriel.",
        en="You chose to get these messages together, in one mail.",
    ),
    Reason.NOT_CHOSEN: Text(
        fr="Vous n'avez pas retenu ce canal pour ce sujet.", en="You left this channel out for this topic."
    ),
    Reason.ADDRESS_UNREACHABLE: Text(
        fr="Un message précédent est revenu : cette adresse n'existe pas. Corrigez-la dans votre compte.",
        en="An earlier message came back: this address does not exist. Correct it in your account.",
    ),
    Reason.TOO_LATE: Text(
        fr="Les heures de tranquillité auraient fini trop tard pour que le message vous serve.",
        en="The quiet hours would have ended too late for the message to be of use.",
    ),
    Reason.REACHED_OTHERWISE: Text(
        fr="La loi prévoit cet envoi ; il vous parvient par un autre canal.",
        en="The law has it sent; it reaches you by another channel.",
    ),
    Reason.NOT_OFFERED: Text(
        fr="La collectivité n'envoie rien par ce canal.", en="The town sends nothing by this channel."
    ),
    Reason.NOT_BY_LETTER: Text(
        fr="Seuls les envois prévus par la loi et les décisions partent par courrier.",
        en="Only what the law has sent and what was decided goes by letter.",
    ),
    Reason.IN_RESERVE: Text(
        fr="Gardé en réserve : il ne sert que si les canaux qui le précèdent n'aboutissent pas.",
        en="Kept in reserve: it is used only where the channels before it fail.",
    ),
    Reason.NEXT_IN_ORDER: Text(
        fr="Le canal précédent n'a pas abouti : le message prend celui-ci.",
        en="The channel before it has failed: the message takes this one.",
    ),
    Reason.ALREADY_READ: Text(
        fr="Le canal précédent n'a pas abouti, mais vous aviez lu le message dans votre messagerie.",
        en="The channel before it has failed, but you had read the message in your inbox.",
    ),
    Reason.OVERTAKEN: Text(
        fr="Le canal précédent n'a pas abouti, et un message plus récent dit ce qui vaut désormais.",
        en="The channel before it has failed, and a later message tells what holds now.",
    ),
    Reason.TAKEN_BACK: Text(
        fr="Ce que dit le message a été retiré avant l'envoi.", en="What the message tells of was taken back first."
    ),
    Reason.TEXTS_STOPPED: Text(
        fr="Vous avez répondu STOP à un SMS : il ne vous en est plus envoyé. Répondez START, ou annulez ce STOP dans"
        " votre compte.",
        en="You answered STOP to a text message: no more are sent to you. Answer START, or take it back in your"
        " account.",
    ),
    Reason.NO_ADDRESS: Text(fr="Nous n'avions pas d'adresse pour ce canal.", en="We had no address for this channel."),
}
_OF_LAW: Final = {Reason.LEGAL_NOTICE, Reason.NEXT_IN_ORDER}
_WAITING: Final = {SendingState.PENDING, SendingState.RETRY}


@routes.get(
    "/v1/inbox-messages/{message_id}/deliveries",
    **token("notifications.messages.read"),
    operation_id="explainDeliveries",
    response_model=DeliveryList,
    responses=problems(401, 403, 404, 422),
)
async def explain(message_id: UUID, request: Request, response: Response) -> object:
    """Why one of the caller's messages went by each channel, goes later, or does not."""
    reader = reader_of(request)
    async with parts_of(request).runtime.database.reading() as session:
        message, followed = await explain_deliveries(session, reader, message_id)
    language = language_of(request)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language"})
    occasion = Template(message.template)
    order, used = order_of(followed)
    return DeliveryList(items=[_view(each, occasion, language) for each in followed], order=order, used=used)


def _view(followed: Followed, occasion: Template, language: Language) -> DeliveryView:
    decision, delivery = followed.decision, followed.delivery
    reason, state = Reason(decision.reason), delivery and SendingState(delivery.state)
    return DeliveryView(
        channel=Channel(decision.channel),
        push_subscription_id=delivery and delivery.target if decision.channel == Channel.PUSH else None,
        rank=decision.rank,
        follows=Channel(decision.follows) if decision.follows else None,
        outcome=Outcome(decision.outcome),
        reason=reason,
        explanation=WORDS[reason].in_language(language),
        legal_basis=LEGAL.get(occasion) if reason in _OF_LAW else None,
        not_before_at=decision.not_before_at,
        decided_at=decision.decided_at,
        state=state,
        finality=state and finality(state),
        attempts=delivery.attempts if delivery else 0,
        last_reply=delivery and delivery.last_reply,
        next_attempt_at=delivery.due_at if delivery and state in _WAITING else None,
        sent_at=delivery and delivery.sent_at,
        delivered_at=delivery and delivery.delivered_at,
        delayed_at=delivery and delivery.delayed_at,
        bounced_at=delivery and delivery.bounced_at,
        report_status=delivery and delivery.report_status,
        attempt_log=[_attempt(each) for each in followed.attempts],
    )


def _attempt(row: DeliveryAttempt) -> AttemptView:
    return AttemptView(
        provider=row.provider,
        began_at=row.began_at,
        ended_at=row.ended_at,
        outcome=AttemptOutcome(row.outcome) if row.outcome else None,
        reply=row.reply,
    )
