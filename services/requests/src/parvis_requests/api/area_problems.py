# SPDX-License-Identifier: EUPL-1.2
"""How what is wrong with an area is answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import FieldError, Kind, Problem, Rule
from parvis_kit.web.errors import pointer
from parvis_requests.domain import area_errors as errors

INVALID_AREA: Final = Kind("invalid-area", 422, Text(fr="Secteur incorrect", en="Wrong area"))
AREA_EXISTS: Final = Kind("area-exists", 409, Text(fr="Secteur déjà tracé", en="Area drawn already"))
AREA_IN_USE: Final = Kind("area-in-use", 409, Text(fr="Secteur en service", en="Area in use"))
AREA_RETIRED: Final = Kind("area-retired", 409, Text(fr="Secteur déjà retiré", en="Area retired already"))
TOO_MANY_AREAS: Final = Kind("too-many-areas", 409, Text(fr="Trop de secteurs", en="Too many areas"))

_FAULTS: Final[dict[str, Text]] = {
    "not-an-area": Text(fr="Un secteur est un Polygon ou un MultiPolygon.", en="An area is a Polygon or MultiPolygon."),
    "no-geometry": Text(fr="Ce n'est pas une géométrie GeoJSON.", en="This is no GeoJSON geometry."),
    "empty-area": Text(fr="Ce secteur est vide.", en="This area is empty."),
    "outside-the-world": Text(
        fr="Une position est hors du monde : la longitude vient d'abord.",
        en="A position is outside of the world: longitude comes first.",
    ),
    "open-ring": Text(fr="Un anneau finit là où il commence.", en="A ring ends where it begins."),
    "crosses-itself": Text(
        fr="Ce contour se croise : il n'a pas d'intérieur.", en="This outline crosses itself: it has no inside."
    ),
    "no-such-parent": Text(
        fr="Aucun secteur en service n'a ce code, ou il est dans celui-ci.",
        en="No area in use has this code, or it lies in this one.",
    ),
}


def invalid_area(error: errors.InvalidAreaError) -> Problem:
    """Each fault, where it stands; GEOS's own word of where an outline crosses itself beside it."""
    more = f" ({error.said})" if error.said else ""
    return INVALID_AREA.problem(
        "Corrigez ce qui est signalé.",
        "Correct what errors names.",
        errors=[
            FieldError(
                pointer(("body", *fault.path)),
                fault.code,
                Text(fr=f"{_FAULTS[fault.code].fr}{more}", en=f"{_FAULTS[fault.code].en}{more}"),
            )
            for fault in error.faults
        ],
    )


AREA_RULES: Final[dict[type[Exception], Rule]] = {
    errors.AreaExistsError: Rule(
        AREA_EXISTS, "/code", Text(fr="Remplacez le secteur de ce code.", en="Replace the area of that code.")
    ),
    errors.AreaInUseError: Rule(
        AREA_IN_USE,
        text=Text(
            fr="D'autres secteurs sont dans celui-ci : retirez-les d'abord.",
            en="Other areas lie in this one: retire them first.",
        ),
    ),
    errors.AreaRetiredError: Rule(
        AREA_RETIRED, text=Text(fr="Remplacez-le pour le remettre en service.", en="Replace it to have it back.")
    ),
    errors.TooManyAreasError: Rule(
        TOO_MANY_AREAS, text=Text(fr="Remplacez un secteur retiré.", en="Replace an area that is retired.")
    ),
}
