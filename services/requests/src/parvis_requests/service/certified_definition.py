# SPDX-License-Identifier: EUPL-1.2
"""How a question that another administration answers is written down, and what people consent to."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from pydantic import Field

from parvis_kit.locale import Text
from parvis_requests.domain.certified import CertifiedRule, Source, consent_version
from parvis_requests.domain.errors import Fault, Path
from parvis_requests.service.workflow_definition import Code, Name, Part

if TYPE_CHECKING:
    from parvis_requests.service.type_definition import TypeDefinition

_GOES_ALONG: Final = Text(
    fr="Si une autre administration est compétente pour elle, ils lui sont transmis avec elle.",
    en="Where another administration is competent for it, they go there with it.",
)
_CONSENT: Final = {
    Source.QUOTIENT: Text(
        fr="J'accepte que la collectivité ({town}) demande mon quotient familial à la CNAF ou à la MSA, par l'API"
        " Particulier de la direction interministérielle du numérique, pour ceci : {purpose} Mon nom de naissance, mes"
        " prénoms, mon sexe, ma date et mon lieu de naissance leur sont transmis pour me reconnaître. Seuls le montant,"
        " son mois et l'organisme sont conservés, avec ma demande et aussi longtemps qu'elle."
        f" {_GOES_ALONG.fr}",
        en="I agree that the town ({town}) asks the CNAF or the MSA for my quotient familial, through the API"
        " Particulier of the French interministerial digital directorate, for this: {purpose} My birth name, given"
        " names, sex, date and place of birth are sent to them so that they know me. Only the amount, its month and the"
        " fund are kept, with my request and as long as it is."
        f" {_GOES_ALONG.en}",
    )
}
SOURCES: Final = {Source.QUOTIENT: Text(fr="Quotient familial", en="Quotient familial")}


def goes_along(consent: str) -> bool:
    """Whether the text that somebody consented to says that what is certified may go to another administration.

    Earlier ones did not: nobody consented to that by them (GDPR article 7).
    """
    return any(said in consent for said in (_GOES_ALONG.fr, _GOES_ALONG.en))


class CertifiedDefinition(Part):
    """A question whose answer another administration certifies, where the person consents and can be asked for."""

    question: Name = Field(description="A question of type `integer` or `number`.")
    source: Source
    purpose: Text = Field(description="What the town needs it for, as a sentence: people are told so.")
    document: Code | None = Field(
        default=None,
        description="The document that proves the answer where the person gives it: then it has to come.",
    )

    def domain(self) -> CertifiedRule:
        """In the domain's words."""
        return CertifiedRule(self.question, self.source, self.document)

    def consent(self, town: Text) -> Text:
        """What a person of that town consents to."""
        said = _CONSENT[self.source]
        return Text(
            fr=said.fr.format(town=town.fr, purpose=self.purpose.fr),
            en=said.en.format(town=town.en, purpose=self.purpose.en),
        )

    def consent_version(self, town: Text) -> str:
        """The name of that text."""
        text = self.consent(town)
        return consent_version((text.fr, text.en))


def certified_faults(definition: "TypeDefinition") -> Iterator[Fault]:
    """What keeps a type from being published: names that nothing bears, a question that takes no number."""
    rules: Sequence[CertifiedDefinition] = definition.certified
    for place, rule in enumerate(rules):
        where: Path = ("certified", place)
        if rule.question in [each.question for each in rules[:place]]:
            yield Fault((*where, "question"), "repeated-code")
        if rule.question not in definition.form.questions:
            yield Fault((*where, "question"), "unknown-question")
        elif definition.form.question_type(rule.question) not in {"integer", "number"}:
            yield Fault((*where, "question"), "certified-not-a-number")
        if rule.document is not None and rule.document not in {each.code for each in definition.documents}:
            yield Fault((*where, "document"), "unknown-document")
