# SPDX-License-Identifier: EUPL-1.2
"""What a collectivity offers by Open311: which one is meant, and which of its request types."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from parvis_requests.db import open311 as stored
from parvis_requests.db.catalogue import FormKey
from parvis_requests.domain.asking import AddressRule
from parvis_requests.domain.errors import NotFoundError
from parvis_requests.domain.open311 import INVALID, UNKNOWN, Open311Error, can_be_filed
from parvis_requests.service.catalogue import Catalogue, Catalogues
from parvis_requests.service.form import Form

_NAME: Final = re.compile(r"[a-z][a-z0-9-]{1,31}")


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A collectivity with the types that it offers by Open311, and those that it offered until it retired them."""

    collectivity: str
    catalogue: Catalogue
    services: Mapping[str, Form]
    codes: frozenset[str]

    def service(self, code: str) -> Form:
        """The type of that code; raises Open311Error (404)."""
        form = self.services.get(code)
        if form is None:
            raise Open311Error(UNKNOWN, "service_code: unknown")
        return form

    def check(self, code: str) -> None:
        """Raise Open311Error (404) where requests of that type were never filed by Open311."""
        if code not in self.codes:
            raise Open311Error(UNKNOWN, "service_code: unknown")

    @property
    def shown(self) -> frozenset[FormKey]:
        """The versions of these types of which the public may know."""
        return frozenset(key for key, shown in self.catalogue.shown.items() if shown.form.code in self.codes)


async def find_jurisdiction(session: AsyncSession, asked: str | None, catalogues: Catalogues) -> Jurisdiction:
    """The collectivity that ``jurisdiction_id`` names, which may be left out where there is only one.

    Raises Open311Error: 400 where it must be named, 404 where it is unknown.
    """
    if not asked:
        known = await stored.collectivities(session)
        if len(known) != 1:
            raise Open311Error(INVALID, "jurisdiction_id: required, this endpoint serves several jurisdictions")
        asked = known[0]
    unknown = Open311Error(UNKNOWN, "jurisdiction_id: unknown")
    if not _NAME.fullmatch(asked):
        raise unknown
    try:
        catalogue = await catalogues.of(asked)
    except NotFoundError:
        raise unknown from None
    codes = frozenset(form.code for form in catalogue.last.values() if offered(form))
    services = {code: form for code, form in catalogue.forms.items() if code in codes}
    return Jurisdiction(asked, catalogue, services, codes)


def offered(form: Form) -> bool:
    """Whether a type is offered: shown to the public, open to anybody, and Open311 can ask all that it requires."""
    definition = form.definition
    open_to_anybody = (
        definition.audience.anonymous
        and definition.audience.email is not AddressRule.CONFIRMED  # its clients show no page for that
        and not definition.audience.level
        and "online" in definition.channels
    )
    asks_more = any(document.required for document in definition.documents)
    return definition.public and open_to_anybody and not asks_more and can_be_filed(form.answers_schema)
