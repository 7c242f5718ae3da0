# SPDX-License-Identifier: EUPL-1.2
"""Requests and updates as Open311 shows them."""

from typing import Any, Final

from parvis_kit.locale import Language
from parvis_requests.api.open311.contract import DEGREES, TEXT, TEXT_OR_NULL, objects
from parvis_requests.db.tables import Attachment
from parvis_requests.domain.open311 import told_answers, update_status, w3c_instant
from parvis_requests.service.form import Form
from parvis_requests.service.read_open311 import Shown, Update

_PHOTOS: Final = objects(
    "media_url", "title", "width", "height", "created_at",
    media_url=TEXT, title=TEXT_OR_NULL, width={"type": "integer"}, height={"type": "integer"}, created_at=TEXT,
)  # fmt: skip
REQUESTS: Final = objects(
    "service_request_id", "status", "service_name", "service_code", "requested_datetime", "updated_datetime",
    service_request_id=TEXT, status={"type": "string", "enum": ["open", "closed"]}, status_notes=TEXT_OR_NULL,
    service_name=TEXT, service_code=TEXT, description=TEXT_OR_NULL, agency_responsible=TEXT,
    service_notice=TEXT_OR_NULL, requested_datetime=TEXT, updated_datetime=TEXT, expected_datetime=TEXT_OR_NULL,
    address=TEXT_OR_NULL, address_id=TEXT_OR_NULL, zipcode=TEXT_OR_NULL, lat=DEGREES, long=DEGREES,
    media_url=TEXT_OR_NULL,
    notes=objects("datetime", "description", "type", datetime=TEXT, description=TEXT, type=TEXT),
    attributes=objects("code", "label", "name", "value", code=TEXT, label=TEXT, name=TEXT, value=TEXT),
    extended_attributes={"type": "object", "properties": {"photos": _PHOTOS}, "required": ["photos"]},
)  # fmt: skip
UPDATES: Final = objects(
    "update_id", "service_request_id", "status", "updated_datetime", "description",
    update_id=TEXT, service_request_id=TEXT, status=TEXT, external_status_code=TEXT, updated_datetime=TEXT,
    description=TEXT_OR_NULL, media_url=TEXT_OR_NULL,
)  # fmt: skip
# To five decimals, about a metre.
_DECIMALS: Final = 5


def request_members(shown: Shown, language: Language, site: str, *, extended: bool) -> dict[str, Any]:
    """What is told of a request: to the client that brought it what it said, to others what the town shows of it."""
    row, form, photos = shown.row, shown.form, shown.content.photos
    told = {
        "service_request_id": row.reference,
        "status": "closed" if _ended(form, row.status) else "open",
        "status_notes": _name(form, row.status, language),
        "service_name": form.name[language],
        "service_code": form.code,
        "description": row.description if shown.own else shown.content.words,
        "agency_responsible": row.team,
        "service_notice": None,
        "requested_datetime": w3c_instant(row.created_at),
        "updated_datetime": w3c_instant(row.updated_at),
        "expected_datetime": w3c_instant(row.due_at) if row.due_at else None,
        "address": row.address if shown.own else None,
        "address_id": None,
        "zipcode": None,
        "lat": _degrees(row.latitude, shown),
        "long": _degrees(row.longitude, shown),
        "media_url": _address(site, photos[0]) if photos else None,
    }
    return told | (_extensions(shown, language, site) if extended else {})


def _extensions(shown: Shown, language: Language, site: str) -> dict[str, Any]:
    form = shown.form
    notes = [
        {
            "datetime": w3c_instant(entry.at),
            "description": _name(form, entry.status, language),
            "type": entry.action,
        }
        for entry in shown.acts
    ]
    photos = [
        {
            "media_url": _address(site, photo),
            "title": None,
            "width": photo.width,
            "height": photo.height,
            "created_at": w3c_instant(photo.created_at),
        }
        for photo in shown.content.photos
    ]
    return {
        "notes": notes,
        "attributes": told_answers(form.answers_schema, shown.answers, language),
        "extended_attributes": {"photos": photos},
    }


def _address(site: str, photo: Attachment) -> str:
    return f"{site}/v1/collectivities/{photo.collectivity}/public-photos/{photo.id}"


def update_members(update: Update, language: Language) -> dict[str, Any]:
    """An act on a request, in the words of mySociety's extension."""
    row, form, entry = update.row, update.form, update.entry
    acts = {transition.code for transition in form.workflow.transitions}
    withdrawn = entry.actor == row.author and entry.action in acts
    return {
        "update_id": f"{row.reference}-{entry.sequence}",
        "service_request_id": row.reference,
        "status": update_status(form.workflow, entry.status, duplicate=update.duplicate, withdrawn=withdrawn),
        "external_status_code": entry.status,
        "updated_datetime": w3c_instant(entry.at),
        "description": _name(form, entry.status, language),
        "media_url": None,
    }


def _degrees(degrees: float | None, shown: Shown) -> float | None:
    if degrees is None or shown.own or shown.publicity is None:
        return None if degrees is None else round(degrees, _DECIMALS)
    return shown.publicity.rounded(degrees)


def _name(form: Form, code: str, language: Language) -> str:
    state = form.workflow.state(code)
    return state.name[language] if state else code


def _ended(form: Form, code: str) -> bool:
    state = form.workflow.state(code)
    return state is not None and state.final
