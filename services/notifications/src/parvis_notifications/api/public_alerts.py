# SPDX-License-Identifier: EUPL-1.2
"""The alerts that hold, for everybody: a list, CAP 1.2 for each, and an Atom feed (RFC 4287) that leads to those."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID
from xml.etree.ElementTree import Element, SubElement, tostring

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.web.operation import problems, public, router
from parvis_notifications.api.alert_schemas import PublicAlertList
from parvis_notifications.api.alert_views import public_alert
from parvis_notifications.api.context import language_of, now, parts_of
from parvis_notifications.api.subscriptions import Collectivity
from parvis_notifications.db import alerts, broadcasts
from parvis_notifications.db.alerts import Both
from parvis_notifications.outgoing.cap_format import MEDIA_TYPE, cap_xml, identifier
from parvis_notifications.outgoing.xml_text import put_text, xml_text
from parvis_notifications.service.publish_cap import cap_of, cap_path

routes = router(tags=["alerts"])
_PATH: Final = "/v1/collectivities/{collectivity}/alerts"
_ATOM: Final = "application/atom+xml"
_NAMES: Final = "http://www.w3.org/2005/Atom"
_TITLES: Final = {"fr": "Alertes en cours", "en": "Current alerts"}
# RFC 4287 wants an instant even of a feed without an entry: nothing was ever updated.
_NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
_FRESH: Final = {"Cache-Control": "public, max-age=30", "Vary": "Accept-Language"}


@routes.get(
    _PATH,
    **public(),
    operation_id="listCurrentAlerts",
    response_model=PublicAlertList,
    responses=problems(422),
)
async def current(collectivity: Collectivity, request: Request, response: Response) -> object:
    """The alerts that hold now, exercises left aside; the latest first."""
    language, site = language_of(request), parts_of(request).runtime.settings.public_url
    async with parts_of(request).runtime.database.reading() as session:
        found = await alerts.current(session, collectivity, now())
        areas = await broadcasts.areas(session, [alert.id for alert, _ in found])
    response.headers.update(_FRESH)
    return {
        "items": [
            public_alert(alert, broadcast, areas[alert.id], language, site + cap_path(alert))
            for alert, broadcast in found
        ]
    }


@routes.get(
    _PATH + "/{alert_id}/cap",
    **public(),
    operation_id="readAlertAsCap",
    response_class=Response,
    responses=problems(404, 422) | {200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}},
)
async def cap(collectivity: Collectivity, alert_id: UUID, request: Request) -> Response:
    """An alert, an update or an all-clear that was sent, as CAP 1.2; exercises say that they are some."""
    runtime = parts_of(request).runtime
    async with runtime.database.reading() as session:
        alert, broadcast = await alerts.sent(session, collectivity, alert_id)
        told = await cap_of(session, alert, broadcast, runtime.settings)
    return Response(cap_xml(told), media_type=MEDIA_TYPE, headers={"Cache-Control": "public, max-age=300"})


@routes.get(
    "/v1/collectivities/{collectivity}/alerts-feed",
    **public(),
    operation_id="followCurrentAlerts",
    response_class=Response,
    responses=problems(422) | {200: {"content": {_ATOM: {"schema": {"type": "string"}}}}},
)
async def feed(collectivity: Collectivity, request: Request) -> Response:
    """The same as an Atom feed, whose entries lead to CAP."""
    runtime, language = parts_of(request).runtime, language_of(request)
    async with runtime.database.reading() as session:
        found = await alerts.current(session, collectivity, now())
    site, town = runtime.settings.public_url, runtime.settings.sender_name(collectivity)
    body = _feed(found, language, site, f"{site}/v1/collectivities/{collectivity}/alerts-feed", town)
    return Response(body, media_type=_ATOM, headers=_FRESH | {"Content-Language": language})


def _feed(found: Sequence[Both], language: Language, site: str, here: str, town: str) -> bytes:
    root = Element("feed", {"xmlns": _NAMES})
    put_text(root, "id", here)
    put_text(root, "title", f"{_TITLES[language]} – {town}")
    put_text(root, "updated", _instant(max((alert.sent_at or _NEVER for alert, _ in found), default=_NEVER)))
    put_text(SubElement(root, "author"), "name", town)
    SubElement(root, "link", {"rel": "self", "type": _ATOM, "href": here})
    for alert, broadcast in found:
        words, entry = broadcast.texts.get(language) or broadcast.texts["fr"], SubElement(root, "entry")
        put_text(entry, "id", f"urn:uuid:{alert.id}")
        put_text(entry, "title", words["subject"])
        put_text(entry, "updated", _instant(alert.sent_at or _NEVER))
        put_text(entry, "summary", words["body"])
        SubElement(entry, "category", {"term": alert.category, "label": xml_text(alert.event[language])})
        href = site + cap_path(alert)
        SubElement(entry, "link", {"rel": "alternate", "type": MEDIA_TYPE, "title": identifier(alert.id), "href": href})
    return bytes(tostring(root, "utf-8", xml_declaration=True))


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
