# SPDX-License-Identifier: EUPL-1.2
"""The page behind the link of a file that an application sent by mail."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from parvis_kit.locale import Language, Text
from parvis_notifications.api.choice_page import Asked, Form, Page
from parvis_notifications.service.templates import spoken_day

_TITLE: Final = Text(fr="Un fichier pour vous", en="A file for you")
_LEAD: Final = Text(fr="{town} vous a envoyé un fichier.", en="{town} has sent you a file.")
_FILE: Final = Text(fr="{name} ({size})", en="{name} ({size})")
_UNTIL: Final = Text(
    fr="Vous pouvez le télécharger jusqu’au {day}. Enregistrez-le si vous en avez besoin plus longtemps.",
    en="You can download it until {day}. Save it if you need it for longer.",
)
_ADDRESS: Final = Text(fr="Votre adresse électronique", en="Your e-mail address")
_WHY: Final = Text(
    fr="Celle à laquelle vous avez reçu le lien\u00a0: nous vérifions ainsi que le fichier est pour vous.",
    en="The one at which you received the link: so we check that the file is for you.",
)
_WRONG: Final = Text(
    fr="Le lien n’a pas été envoyé à cette adresse. Écrivez celle à laquelle vous l’avez reçu.",
    en="The link was not sent to this address. Enter the one at which you received it.",
)
_BUTTON: Final = Text(fr="Télécharger le fichier", en="Download the file")
_OFTEN: Final = Text(
    fr="Ce fichier a été demandé trop souvent. Réessayez dans quelques minutes.",
    en="This file was asked for too often. Try again in a few minutes.",
)
_GONE_TITLE: Final = Text(fr="Ce fichier n’est plus disponible", en="This file is no longer available")
_GONE: Final = Text(
    fr="Son délai est passé, il a été retiré, ou l’adresse est incomplète. Demandez-le de nouveau au service qui vous"
    " a écrit.",
    en="Its time is over, it was withdrawn, or the address is incomplete. Ask the service that wrote to you for it.",
)
_UNITS: Final = {"fr": ("octets", "Ko", "Mo"), "en": ("bytes", "KB", "MB")}
_KIB: Final = 1_024


def file_page(
    name: str,
    size: int,
    expires_at: datetime,
    *,
    town: str,
    clock: ZoneInfo,
    action: str,
    language: Language,
    confirm: bool,
    wrong: bool = False,
) -> Page:
    """What the file is, with the button that downloads it; ``wrong`` where the address said was not the one."""
    hint = _WHY.in_language(language)
    fault = _WRONG.in_language(language) if wrong else ""
    asked = Asked("email", _ADDRESS.in_language(language), "email", hint, fault) if confirm else None
    # The last whole day: what ends at four in the morning is not to be promised for that day.
    day = spoken_day(_last_day(expires_at.astimezone(clock)), language)
    return Page(
        title=_TITLE.in_language(language),
        lead=_LEAD.in_language(language).format(town=town),
        town=town,
        paragraphs=(
            _FILE.in_language(language).format(name=name, size=_sized(size, language)),
            _UNTIL.in_language(language).format(day=day),
        ),
        forms=(Form(_BUTTON.in_language(language), {"act": "download"}, asked=asked),),
        action=action,
        status=403 if wrong else 200,
    )


def often_page(town: str, language: Language) -> Page:
    """They are to come back later."""
    return Page(_TITLE.in_language(language), _OFTEN.in_language(language), town, status=429)


def gone_page(language: Language) -> Page:
    """There is no such file."""
    return Page(_GONE_TITLE.in_language(language), _GONE.in_language(language), status=404)


def _last_day(at: datetime) -> date:
    return (at - timedelta(days=1)).date()


def _sized(size: int, language: Language) -> str:
    small, kilo, mega = _UNITS[language]
    if size < _KIB:
        return f"{size}\u00a0{small if size != 1 else small.removesuffix('s')}"
    number, unit = (size / _KIB, kilo) if size < _KIB**2 else (size / _KIB**2, mega)
    said = f"{number:.1f}" if unit == mega else f"{number:.0f}"
    return f"{said.replace('.', ',') if language == 'fr' else said}\u00a0{unit}"
