# SPDX-License-Identifier: EUPL-1.2
"""What people may change of their own account by themselves, and what only its source may."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Final

from parvis_identity.domain.person import Person
from parvis_identity.domain.pivot import Source

_BIRTH: Final = ("birth_date", "birth_place", "birth_country")
CIVIL_STATUS: Final = ("given_names", "family_name", "gender", *_BIRTH)
"""The members of the pivot identity: what France's civil registers hold."""
_CHOSEN: Final = frozenset({"preferred_name", "phone"})
_TOPICS: Final = dict.fromkeys(CIVIL_STATUS, "civil_status") | {
    name: name for name in ("preferred_name", "email", "phone", "language")
}


class StalePersonError(Exception):
    """The account has changed since it was read."""


class PhoneDiffersError(Exception):
    """The account has another number, or none."""


class CertifiedError(Exception):
    """Somebody vouches for these members of the civil status: the person cannot change them alone."""

    def __init__(self, by: Source, members: Sequence[str]) -> None:
        super().__init__(by)
        self.by = by
        self.members = tuple(members)


def changed_by_themselves(person: Person, wanted: Mapping[str, str | None], certifier: Source | None) -> Person:
    """The person with the wanted values, the same one where nothing is another; raises CertifiedError.

    Args:
        person: as they are.
        wanted: values by the names of the identity's members, or ``language``.
        certifier: who vouches for the civil status, None where it is only declared.
    """
    present = {"language": person.language, **asdict(person.identity)}
    other = {name: value for name, value in wanted.items() if value != present[name]}
    certified = [name for name in CIVIL_STATUS if name in other]
    if certifier and certified:
        raise CertifiedError(certifier, certified)
    language = other.pop("language", None) or person.language
    changed = person.known_as(replace(person.identity, **other))
    return replace(changed, language=language, own=person.own | (_CHOSEN & other.keys()))


def topics_changed(before: Person, after: Person) -> frozenset[str]:
    """What differs between the two, in the codes that other services are told.

    A number that is verified now, or is no more, is another one to them: text messages go to verified ones alone.
    """
    old, new = ({"language": person.language, **asdict(person.identity)} for person in (before, after))
    changed = {topic for name, topic in _TOPICS.items() if old[name] != new[name]}
    if (before.phone_verified_at is None) != (after.phone_verified_at is None):
        changed.add("phone")
    return frozenset(changed)
