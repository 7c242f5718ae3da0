# SPDX-License-Identifier: EUPL-1.2
"""One line of a file of accounts: what it says of somebody, or what is wrong with it."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from parvis_identity.domain.account_file import REQUIRED
from parvis_identity.domain.address import deliverable
from parvis_identity.domain.birth_date import precision_of
from parvis_identity.domain.imported import Imported, RowError
from parvis_identity.domain.person import Identity
from parvis_identity.service.phone_numbers import e164

_MAX_NAME: Final = 100
_GENDERS: Final = frozenset({"female", "male", "unspecified"})
_PLACE: Final = re.compile("(?:[0-9]{2}|2A|2B)[0-9]{3}")
_COUNTRY: Final = re.compile("99[0-9]{3}")


def check_row(line: int, values: Mapping[str, str]) -> Imported | list[RowError]:
    """The account, or every error of its line."""
    found: dict[str, str | None] = {}
    wrong: list[RowError] = []
    for name, check in _CHECKS.items():
        given = values.get(name, "")
        if not given:
            if name in REQUIRED:
                wrong.append(RowError(line, f"/{name}", "missing"))
            found[name] = None
            continue
        try:
            found[name] = check(given)
        except ValueError:
            wrong.append(RowError(line, f"/{name}", "invalid"))
    if wrong:
        return wrong
    external_id, language = found.pop("external_id"), found.pop("language")
    return Imported(external_id=external_id or "", language=language or "fr", identity=Identity(**found))


def _address(text: str) -> str:
    address = deliverable(text)
    if address is None:
        raise ValueError("not an address")
    return address


def _name(text: str) -> str:
    if len(text) > _MAX_NAME or not text.isprintable():
        raise ValueError("not a name")
    return text


def _date(text: str) -> str:
    precision_of(text)
    return text


def _one_of(known: frozenset[str]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in known:
            raise ValueError("not one of those")
        return text

    return check


def _like(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            raise ValueError("not of that form")
        return text

    return check


_CHECKS: Final[dict[str, Callable[[str], str]]] = {
    "external_id": _name,
    "email": _address,
    "given_names": _name,
    "family_name": _name,
    "preferred_name": _name,
    "gender": _one_of(_GENDERS),
    "birth_date": _date,
    "birth_place": _like(_PLACE),
    "birth_country": _like(_COUNTRY),
    "phone": e164,
    "language": _one_of(frozenset({"fr", "en"})),
}
