# SPDX-License-Identifier: EUPL-1.2
"""Between what the API takes and shows of subscriptions, and what the service keeps."""

from parvis_kit.crypto.persons import PersonKey
from parvis_notifications.api.map_schemas import Point, Polygon
from parvis_notifications.api.subscription_schemas import (
    ConsentView,
    LoneSubscription,
    PlaceBody,
    SubscriptionsBody,
    SubscriptionsView,
    TopicSubscription,
)
from parvis_notifications.db.subscription_tables import Place
from parvis_notifications.domain.digest import Rhythm
from parvis_notifications.domain.errors import PlaceError
from parvis_notifications.domain.geometry import circle
from parvis_notifications.domain.languages import REFERENCE
from parvis_notifications.domain.subscribing import Choice, GivenConsent, NewPlace, Purpose, Wishes
from parvis_notifications.domain.topic import Channel
from parvis_notifications.service.areas import checked_ring
from parvis_notifications.service.subscribe import Told


def wishes_of(body: SubscriptionsBody | LoneSubscription) -> Wishes:
    """What a body asks for; raises PlaceError, NoAreaError."""
    return Wishes(
        language=body.language,
        topics=[
            Choice(
                each.topic,
                tuple(dict.fromkeys(each.channels)),
                each.digest if isinstance(each, TopicSubscription) else None,
            )
            for each in body.topics
        ],
        places=[_place(each) for each in body.places],
        consents=[GivenConsent(each.purpose, each.given, each.words) for each in body.consents],
        prefers_calls=body.prefers_calls,
    )


def _place(body: PlaceBody) -> NewPlace:
    if (body.position is None) == (body.outline is None) or (body.outline is not None and body.radius_m is not None):
        raise PlaceError
    position = None if body.position is None else body.position.coordinates
    if body.outline is not None:
        return NewPlace(body.label, None, None, checked_ring(body.outline.ring))
    around = circle(position, body.radius_m) if position is not None and body.radius_m else None
    return NewPlace(body.label, position, body.radius_m, around)


def told_view(told: Told, key: PersonKey) -> SubscriptionsView:
    """What somebody chose, with the words that only their key opens."""
    return SubscriptionsView(
        language=REFERENCE if told.row is None else told.row.language,
        topics=[
            TopicSubscription(
                topic=each.topic,
                channels=[*map(Channel, each.channels)],
                digest=Rhythm(each.digest) if each.digest else None,
            )
            for each in told.topics
        ],
        places=[_shown(each, key) for each in told.places],
        consents=[
            ConsentView(purpose=Purpose(each.purpose), given=each.given, words=each.words, answered_at=each.created_at)
            for each in told.consents
        ],
        prefers_calls=told.row is not None and told.row.prefers_calls,
    )


def _shown(row: Place, key: PersonKey) -> PlaceBody:
    label = key.open("place.label", row.label)
    if row.position is not None:
        return PlaceBody(
            label=label, position=Point(type="Point", coordinates=row.position), radius_m=row.radius, outline=None
        )
    return PlaceBody(label=label, outline=Polygon.of(row.outline or ()), position=None)
