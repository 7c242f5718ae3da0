# SPDX-License-Identifier: EUPL-1.2
"""Refusals that say themselves where something is wrong: of files, templates, postal addresses and languages."""

from typing import Final

from parvis_kit.problems import Kind, Problem
from parvis_notifications.api.address_words import refused_address
from parvis_notifications.api.file_words import refused_file
from parvis_notifications.api.language_words import refused_language
from parvis_notifications.api.template_words import faulty
from parvis_notifications.domain.errors import LanguageNotOfferedError, UnknownLanguagesError
from parvis_notifications.domain.postal_address import PostalAddressError
from parvis_notifications.domain.sending_file import FileRefusedError
from parvis_notifications.service.edit_templates import TemplateFaultsError

SELF_TELLING: Final = (
    FileRefusedError,
    TemplateFaultsError,
    PostalAddressError,
    LanguageNotOfferedError,
    UnknownLanguagesError,
)
SelfTelling = (
    FileRefusedError | TemplateFaultsError | PostalAddressError | LanguageNotOfferedError | UnknownLanguagesError
)


def told_by(error: SelfTelling, of_file: Kind) -> Problem:
    """The problem; ``of_file`` is the kind for a file."""
    match error:
        case FileRefusedError():
            return refused_file(of_file, error)
        case TemplateFaultsError():
            return faulty(error.faults)
        case PostalAddressError():
            return refused_address(error)
        case _:
            return refused_language(error)
