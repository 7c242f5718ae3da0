# SPDX-License-Identifier: EUPL-1.2
"""The form by which a client of Open311 sends an update on a request that it filed."""

from typing import Any, Final

from parvis_requests.api.open311.contract import TEXT
from parvis_requests.api.open311.form import MAX_DESCRIPTION, Posted
from parvis_requests.api.open311.search import instant
from parvis_requests.domain.open311 import INVALID, STATUSES, Open311Error
from parvis_requests.domain.reference import normal_reference
from parvis_requests.service.write_open311_update import SentUpdate

_REQUIRED: Final = ("api_key", "service_request_id", "update_id", "status", "updated_datetime", "description")
_SAID: Final = ("title", "first_name", "last_name", "email", "phone", "account_id", "media_url")
_WISHES: Final = ("public_anonymity_required", "email_alerts_requested")
_MAX_ATTRIBUTES: Final = 20
_MAX_VALUES: Final = 1_000
_FIELDS: Final = dict.fromkeys(("jurisdiction_id", "service_code", *_REQUIRED, *_SAID, *_WISHES), TEXT)
FORM: Final[dict[str, Any]] = {"type": "object", "properties": _FIELDS, "required": list(_REQUIRED)}
FILES: Final[dict[str, Any]] = {
    **FORM,
    "properties": {**_FIELDS, "media": {"type": "string", "format": "binary"}},
}


def sent_update(form: Posted) -> SentUpdate:
    """What is sent; raises Open311Error for what is missing or no value of its field.

    The description may be blank: then the update is a wish for a state alone, or photos.
    """
    given = {name: form.text(name) for name in ("service_request_id", "update_id", "status", "updated_datetime")}
    for name, value in given.items():
        if value is None:
            raise Open311Error(INVALID, f"{name}: required")
    if "description" not in form.fields:
        raise Open311Error(INVALID, "description: required, it may be blank")
    status = str(given["status"])
    if status.lower() not in STATUSES:
        raise Open311Error(INVALID, f"status: one of {', '.join(sorted(STATUSES)).upper()}")
    written_at = instant("updated_datetime", given["updated_datetime"])
    if written_at is None:  # blank is refused above
        raise Open311Error(INVALID, "updated_datetime: required")
    return SentUpdate(
        update_id=str(given["update_id"]),
        reference=normal_reference(str(given["service_request_id"])) or "",
        status=status.upper(),
        written_at=written_at,
        description=form.text("description", MAX_DESCRIPTION),
        told={name: text for name in _SAID if (text := form.text(name))} | _wishes(form) | _attributes(form),
        media=form.files,
    )


def _wishes(form: Posted) -> dict[str, str]:
    wishes = {}
    for name in _WISHES:
        said = (form.text(name) or "FALSE").upper()
        if said not in {"TRUE", "FALSE"}:
            raise Open311Error(INVALID, f"{name}: TRUE or FALSE")
        if said == "TRUE":
            wishes[name] = said
    return wishes


def _attributes(form: Posted) -> dict[str, str]:
    found = {f"attribute[{code}]": ", ".join(filter(None, values)) for code, values in form.attributes().items()}
    if len(found) > _MAX_ATTRIBUTES or any(len(text) > _MAX_VALUES or "\x00" in text for text in found.values()):
        raise Open311Error(INVALID, f"attribute: at most {_MAX_ATTRIBUTES}, each of {_MAX_VALUES} characters")
    return {name: text for name, text in found.items() if text}
