# SPDX-License-Identifier: EUPL-1.2
"""How the errors of photos are answered."""

from typing import Final

from parvis_kit.locale import Text
from parvis_kit.problems import Kind, Rule
from parvis_participation.domain import photo

TOO_MANY_PHOTOS: Final = Kind("too-many-photos", 409, Text(fr="Trop de photos", en="Too many photos"))
PHOTO_GONE: Final = Kind("photo-gone", 409, Text(fr="Photo retirée", en="Photo gone"))

PHOTO_RULES: Final = {
    photo.TooManyPhotosError: Rule(
        TOO_MANY_PHOTOS,
        text=Text(
            fr=f"Une proposition a au plus {photo.MOST} photos, et vous en envoyez au plus {photo.DAILY} par jour"
            " et 100 Mio en tout ; retirez-en une, ou revenez demain. Si vous en avez moins, la"
            " collectivité n'a plus de place.",
            en=f"A proposal has {photo.MOST} photos at most, and you send {photo.DAILY} a day at most and"
            " 100 MiB in all; take one back, or come back tomorrow. If you have fewer, the town has no room left.",
        ),
    ),
    photo.PhotoGoneError: Rule(
        PHOTO_GONE,
        text=Text(
            fr="Cette photo a été retirée, ou sa proposition l'a été.",
            en="This photo was withdrawn or removed, or its proposal was.",
        ),
    ),
}
