# SPDX-License-Identifier: EUPL-1.2
"""The invented people who can sign in. COG codes: 99100 is France, 75056 Paris, 69123 Lyon, 13055 Marseille."""

from typing import Any, Final

FRANCE: Final = "99100"


def _citizen(
    given: str, family: str, gender: str, birthdate: str, place: str, country: str = FRANCE, email: str | None = None,
    used: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    claims: dict[str, Any] = {
        "given_name": given,
        "given_name_array": given.split(" "),
        "family_name": family,
        "gender": gender,
        "birthdate": birthdate,
        "birthplace": place,
        "birthcountry": country,
    }
    if email:
        claims["email"] = email
    if used:
        claims["preferred_username"] = used
    return claims


CITIZENS: Final[dict[str, dict[str, Any]]] = {
    "amelie": _citizen("Amélie Rose", "DURAND", "female", "1984-03-12", "75056", email="amelie.durand@example.org"),
    "bruno": _citizen("Bruno", "PETIT", "male", "1971-11-30", "69123", email="bruno.petit@example.org"),
    "chloe": _citizen(
        "Chloé Anne", "MARTIN", "female", "1990-07-01", "13055", email="chloe@example.org", used="BERNARD"
    ),
    # Born abroad: no place of birth in France.
    "dimitri": _citizen("Dimitri", "IVANOV", "male", "1965-05-09", "", "99123", email="dimitri@example.org"),
    # Only the year, or the year and the month, of the birth are known.
    "elif": _citizen("Elif", "YILMAZ", "female", "1958", "", "99208", email="elif@example.org"),
    "farid": _citizen("Farid", "BENSAÏD", "male", "1962-08", "", "99352", email="farid@example.org"),
    # No address for mail is known.
    "gaston": _citizen("Gaston", "LEROY", "male", "1939-01-22", "75056"),
}


def _agent(given: str, family: str, email: str, siret: str) -> dict[str, Any]:
    uid = email.partition("@")[0]
    return {"given_name": given, "usual_name": family, "email": email, "uid": uid, "siret": siret}


PARIS: Final = "21750001600019"
AGENTS: Final[dict[str, dict[str, Any]]] = {
    "camille": _agent("Camille", "MOREAU", "camille.moreau@paris.example", PARIS),
    "karim": _agent("Karim", "BENALI", "karim.benali@paris.example", PARIS),
    "sophie": _agent("Sophie", "LAMBERT", "sophie.lambert@paris.example", PARIS),
    "lucie": _agent("Lucie", "GAULOIS", "lucie.gaulois@lutece.example", "99990000000017"),
    # Of an organisation that no town knows.
    "victor": _agent("Victor", "AILLEURS", "victor@ailleurs.example", "99990000100015"),
}
