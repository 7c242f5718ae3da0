# SPDX-License-Identifier: EUPL-1.2
"""What the public may know of requests as an Atom feed (RFC 4287), in pages (RFC 5005)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from starlette.requests import Request
from starlette.responses import Response

from parvis_kit.locale import Language
from parvis_kit.web.cursor import CursorParameter, Limit
from parvis_kit.web.operation import IF_NONE_MATCH, NOT_MODIFIED, problems, public, router
from parvis_requests.api.catalogue import Collectivity
from parvis_requests.api.context import language_of, now, parts_of
from parvis_requests.api.open311.formats import NOT_XML
from parvis_requests.api.public_map import Areas, Since, Statuses, Types
from parvis_requests.api.public_views import photo_addresses, told
from parvis_requests.api.views import status_label
from parvis_requests.service.catalogue import Catalogue
from parvis_requests.service.read_public import LICENCE, LONGEST, Asked, Shown, read_page, wanted_of

routes = router(tags=["public"])
ATOM: Final = "application/atom+xml"
_ATOM_NAMES: Final = "http://www.w3.org/2005/Atom"
_ATOM: Final = f"{{{_ATOM_NAMES}}}"
_GEORSS: Final = "http://www.georss.org/georss"
# RFC 4287 wants an instant even of a feed without an entry: nothing was ever updated.
_NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
_TITLES: Final = {"fr": "Demandes des usagers", "en": "Requests of the public"}
_PATH: Final = "/v1/collectivities/{collectivity}/public-requests-feed"
register_namespace("", _ATOM_NAMES)
register_namespace("georss", _GEORSS)


@routes.get(
    _PATH,
    **public(headers=[IF_NONE_MATCH]),
    operation_id="followPublicRequests",
    response_class=Response,
    responses=problems(400, 404, 422) | NOT_MODIFIED | {200: {"content": {ATOM: {"schema": {"type": "string"}}}}},
)
async def feed(
    collectivity: Collectivity,
    request: Request,
    types: Types = [],  # noqa: B006 - never changed
    statuses: Statuses = [],  # noqa: B006
    areas: Areas = [],  # noqa: B006
    since: Since = None,
    limit: Limit = 20,
    cursor: CursorParameter = None,
) -> Response:
    """What the public may know of requests, the latest first: a feed for readers, by area, type and state."""
    parts, language = parts_of(request), language_of(request)
    catalogue = await parts.catalogues.of(collectivity)
    bound = ["public-feed", collectivity, types, statuses, areas]
    place = parts.runtime.cursors.read(cursor, bound)
    wanted = wanted_of(catalogue, collectivity, Asked(types, statuses, areas, None, since), now(), LONGEST)
    async with parts.runtime.database.reading() as session:
        found, next_ = await read_page(session, catalogue, wanted, place, limit)
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "cursor"]
    further = parts.runtime.cursors.write(next_, bound)
    here = parts.runtime.settings.public_url + _PATH.format(collectivity=collectivity)
    links = {"self": [*asked, *([("cursor", cursor)] if cursor else [])], "first": asked}
    links |= {"next": [*asked, ("cursor", further)]} if further else {}
    body = _feed(found, catalogue, language, here, {rel: _address(here, query) for rel, query in links.items()})
    return told(request, body, f"{ATOM}; charset=utf-8")


def _feed(found: Sequence[Shown], catalogue: Catalogue, language: Language, here: str, links: dict[str, str]) -> bytes:
    root = Element(f"{_ATOM}feed")
    _text(root, "id", here)
    _text(root, "title", _TITLES[language])
    _text(root, "updated", _instant(max((shown.row.updated_at for shown in found), default=_NEVER)))
    _text(SubElement(root, f"{_ATOM}author"), "name", catalogue.name.in_language(language))
    _text(root, "rights", LICENCE)
    for rel, address in links.items():
        SubElement(root, f"{_ATOM}link", {"rel": rel, "type": ATOM, "href": address})
    for shown in found:
        _entry(root, shown, language, here.removesuffix("-feed"))
    return bytes(tostring(root, "utf-8", xml_declaration=True))


def _entry(root: Element, shown: Shown, language: Language, base: str) -> None:
    row, form = shown.row, shown.form
    entry, address = SubElement(root, f"{_ATOM}entry"), f"{base}/{row.reference}"
    state = status_label(form.workflow, row.status, language)
    _text(entry, "id", address)
    _text(entry, "title", f"{form.name[language]} ({state.label})")
    _text(entry, "published", _instant(row.created_at))
    _text(entry, "updated", _instant(row.updated_at))
    link = f"{_ATOM}link"
    SubElement(entry, link, {"rel": "alternate", "type": "application/geo+json", "href": address})
    site = base.partition("/v1/")[0]
    for photo, where in zip(shown.content.photos, photo_addresses(shown, site), strict=True):
        SubElement(
            entry, link, {"rel": "enclosure", "type": photo.media_type, "length": str(photo.size), "href": where}
        )
    category = {"term": form.code, "label": NOT_XML.sub("", form.name[language])}
    SubElement(entry, f"{_ATOM}category", category)
    _text(entry, "summary", shown.content.words or form.name[language])
    if row.longitude is not None and row.latitude is not None:
        SubElement(entry, f"{{{_GEORSS}}}point").text = f"{row.latitude} {row.longitude}"


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, _ATOM + name).text = NOT_XML.sub("", text)


def _address(here: str, query: Sequence[tuple[str, str]]) -> str:
    return f"{here}?{urlencode(query)}" if query else here


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
