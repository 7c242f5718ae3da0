# SPDX-License-Identifier: EUPL-1.2
"""How the types of a catalogue are looked for: by names and keywords in both languages, and what else they say."""

from collections.abc import Iterable, Iterator

from parvis_kit.locale import Text
from parvis_requests.domain.catalogue_search import CatalogueSearch, Entry
from parvis_requests.service.type_definition import TypeDefinition


def search_of(types: Iterable[tuple[str, TypeDefinition]]) -> CatalogueSearch:
    """A search of these types, which are in the catalogue's order, by their codes."""
    return CatalogueSearch(_entry(code, definition) for code, definition in types)


def _entry(code: str, definition: TypeDefinition) -> Entry:
    name = definition.name
    return Entry(
        code,
        phrases=[name.fr, name.en, *definition.keywords, *definition.keywords_en],
        texts=[words for text in _texts(definition) for words in (text.fr, text.en)],
    )


def _texts(definition: TypeDefinition) -> Iterator[Text]:
    yield definition.group_name
    if definition.description:
        yield definition.description
    for document in definition.documents:
        yield document.name
