# SPDX-License-Identifier: EUPL-1.2
"""Who certified an answer, as the API shows it to its author and to agents."""

from datetime import UTC
from typing import Final

from parvis_kit.locale import Language, Text
from parvis_requests.api.schemas import CertifiedView, Labelled
from parvis_requests.domain.certified import CertifiedAnswer, Provider, Source
from parvis_requests.service.certified_definition import SOURCES

PROVIDERS: Final = {
    Provider.CNAF: Text(fr="Caisse nationale des allocations familiales", en="National Family Allowances Fund (CNAF)"),
    Provider.MSA: Text(fr="Mutualité sociale agricole", en="Farmers' social security fund (MSA)"),
}


def certified_view(answer: CertifiedAnswer, language: Language) -> CertifiedView:
    """One of them."""
    quotient, at = answer.quotient, answer.at.astimezone(UTC)
    return CertifiedView(
        question=answer.question,
        source=source_label(answer.source, language),
        provider=Labelled(code=quotient.provider, label=PROVIDERS[quotient.provider].in_language(language)),
        month=f"{quotient.year:04}-{quotient.month:02}",
        certified_at=at.replace(microsecond=at.microsecond // 1_000 * 1_000),
    )


def source_label(source: Source, language: Language) -> Labelled:
    """What is certified, with its name."""
    return Labelled(code=source, label=SOURCES[source].in_language(language))
