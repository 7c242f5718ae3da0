# SPDX-License-Identifier: EUPL-1.2
"""What is said of each fault of a request type's definition, and of what it is warned of."""

from typing import Final

from parvis_kit.locale import Text

_TEXTS: Final[dict[str, Text]] = {
    code: Text(fr=fr, en=en)
    for code, fr, en in (
        ("repeated-code", "Ce code sert déjà plus haut.", "This code is used above already."),
        ("reserved-code", "Ce code est réservé.", "This code is reserved."),
        ("unknown-state", "Aucun état ne porte ce code.", "No state bears this code."),
        ("final-state-left", "On ne quitte pas un état final.", "A final state is not left."),
        ("unknown-field", "Le formulaire n'a pas cette question.", "The form has no such question."),
        ("unknown-question", "Le formulaire n'a pas cette question.", "The form has no such question."),
        ("unknown-document", "Aucune pièce ne porte ce code.", "No document bears this code."),
        ("unknown-fee", "Aucune somme à payer ne porte ce code.", "No sum to pay bears this code."),
        ("final-state-paid", "Rien ne se paie dans un état final.", "Nothing is paid in a final state."),
        (
            "certified-not-a-number",
            "Ce qui est certifié est un nombre : la question est de type integer ou number.",
            "What is certified is a number: the question is of type integer or number.",
        ),
        ("not-a-number-of", "Cette question n'est pas de type integer.", "This question is not of type integer."),
        ("refusal-not-final", "Un refus est un état final.", "A refusal is a final state."),
        ("second-event", "Un changement d'état émet un seul événement.", "A transition is told by one event only."),
        ("unknown-team", "Aucune équipe ne porte ce code.", "No team bears this code."),
        ("unknown-action", "Aucun changement d'état ne porte ce code.", "No transition bears this code."),
        ("action-not-in-state", "Cette action ne part pas de cet état.", "This action does not start from this state."),
        ("action-not-for-system", "Le rôle system manque à cette action.", "This action lacks the role system."),
        ("action-not-final", "Le silence mène à un état final.", "Silence leads to a final state."),
        ("action-of-silence", "Cette action est celle du silence.", "This action is that of silence."),
        (
            "initial-state-paused",
            "Le délai part dès la réception : il n'attend pas dans l'état initial.",
            "The period starts with the receipt: it does not wait in the initial state.",
        ),
        (
            "contact-missing",
            "La collectivité n'a pas indiqué l'adresse et le téléphone que l'accusé de réception doit dire.",
            "The receipt must tell the collectivity's address and telephone: it has given none.",
        ),
        (
            "court-missing",
            "Un refus nomme le tribunal administratif : la collectivité n'a pas indiqué le sien (contact.court).",
            "A refusal names the administrative court: the collectivity has not named its own (contact.court).",
        ),
        (
            "legal-said-twice",
            "Ce type a un délai légal (legal) : il ne dit pas aussi pourquoi il n'en aurait pas.",
            "This type has a legal period (legal): it does not say as well why it would have none.",
        ),
        (
            "legal-unsaid",
            "Dites ce que vaut le silence (legal), ou pourquoi il ne vaut rien (no_legal_period).",
            "Say what silence means (legal), or why it means nothing (no_legal_period).",
        ),
        ("action-guarded", "Une minuterie ne remplit aucune condition.", "A timer meets no condition."),
        ("decision-reopened", "Une décision ne se rouvre pas.", "A decision is not opened again."),
        (
            "destroyed-without-retention",
            "Ce qui s'élimine a une durée de conservation : indiquez retention_months.",
            "What is destroyed has a retention: give retention_months.",
        ),
        (
            "restricted-and-public",
            "Ce que lit une équipe seule n'est pas public : access vaut town, ou public vaut false.",
            "What a team alone reads is not public: access is town, or public is false.",
        ),
        ("unreachable-state", "Rien ne mène à cet état.", "Nothing leads to this state."),
        ("no-final-state", "Il faut au moins un état final.", "At least one final state is needed."),
        ("dead-end", "Rien ne part de cet état : rendez-le final.", "Nothing leaves this state: make it final."),
        ("endless-state", "Aucune fin n'est possible depuis cet état.", "No end can be reached from this state."),
        ("other-dialect", "Seul JSON Schema 2020-12 est accepté.", "Only JSON Schema 2020-12 is accepted."),
        ("schema-not-object", "Les réponses forment un objet.", "The answers are an object."),
        (
            "schema-open",
            "Refusez les réponses non demandées : additionalProperties vaut false.",
            "Refuse answers that nobody asked for: additionalProperties is false.",
        ),
        ("schema-invalid", "Ce n'est pas un schéma JSON valide.", "This is no valid JSON Schema."),
        ("schema-too-deep", "Le schéma est trop profond.", "The schema is too deep."),
        (
            "filter-does-not-fit",
            "Ce filtre demande un nombre, une date (format date) ou un texte d'au plus 100 caractères (maxLength).",
            "This filter takes a number, a date (format date) or a text of at most 100 characters (maxLength).",
        ),
        (
            "personal-text",
            "Un texte qui parle d'une personne ne sert pas de filtre.",
            "A text that tells of a person is no filter.",
        ),
        (
            "contact-in-clear",
            "Ce qui permet de joindre quelqu'un ou de savoir où il habite parle d'une personne : personal vaut true.",
            "What reaches somebody, or says where they live, tells of a person: personal is true.",
        ),
        (
            "reference-outside",
            "Un schéma ne se réfère qu'à lui-même, par #/…",
            "A schema refers to itself only, by #/…",
        ),
    )
}


def fault_text(code: str) -> Text:
    """The words for a fault."""
    return _TEXTS[code]
