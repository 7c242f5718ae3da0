# SPDX-License-Identifier: EUPL-1.2
"""What pages say of a petition, a proposal and the like, field by field of their views."""

from typing import Final

from parvis_kit.locale import Text

WHAT: Final = {
    "petitions": Text(fr="Pétition", en="Petition"),
    "proposals": Text(fr="Proposition", en="Proposal"),
    "amendments": Text(fr="Amendement d’une proposition", en="Amendment of a proposal"),
    "processes": Text(fr="Démarche participative", en="Participatory process"),
    "assemblies": Text(fr="Assemblée", en="Assembly"),
    "meetings": Text(fr="Réunion publique", en="Public meeting"),
}
FACTS: Final = {
    "state": Text(fr="État", en="State"),
    "author": Text(fr="Pseudonyme de l’auteur", en="Its author's pseudonym"),
    "created_at": Text(fr="Écrit le", en="Written on"),
    "begins_at": Text(fr="Début", en="Begins"),
    "ends_at": Text(fr="Fin", en="Ends"),
    "place": Text(fr="Lieu", en="Place"),
    "places_left": Text(fr="Places libres", en="Places left"),
    "signatures": Text(fr="Signatures", en="Signatures"),
    "supports": Text(fr="Soutiens", en="Supports"),
    "closes_at": Text(fr="Signatures jusqu’au", en="Signatures until"),
    "answer_due_on": Text(fr="Réponse attendue le", en="Answer due on"),
    "answered_at": Text(fr="Réponse donnée le", en="Answered on"),
    "outcome": Text(fr="Suite donnée par la ville", en="What the town does about it"),
    "outcome_on": Text(fr="Depuis le", en="Since"),
}
"""Fields that a page shows in a line each, in this order."""
TEXTS: Final = {
    "reasons": Text(fr="Motifs", en="Reasons"),
    "answer": Text(fr="Réponse", en="Answer"),
}
"""Fields that have a heading of their own below the description."""
CODES: Final = {
    "open": Text(fr="on peut la signer", en="open to signatures"),
    "closed": Text(fr="les signatures sont closes", en="closed to signatures"),
    "published": Text(fr="publiée", en="published"),
    "withdrawn": Text(fr="retrait par qui l’a écrite", en="withdrawn by who wrote it"),
    "removed": Text(fr="retrait à la suite d’un signalement", en="removed after a report"),
    "cancelled": Text(fr="annulée", en="cancelled"),
    "proposed": Text(fr="en attente de réponse", en="waiting for an answer"),
    "accepted": Text(fr="accord", en="accepted"),
    "rejected": Text(fr="refus", en="rejected"),
    "refused": Text(fr="refus", en="refused"),
    "under-review": Text(fr="à l’étude", en="under review"),
    "planned": Text(fr="prévue", en="planned"),
    "under-way": Text(fr="en cours", en="under way"),
    "done": Text(fr="réalisée", en="done"),
    "abandoned": Text(fr="abandonnée", en="abandoned"),
}
"""Their states, and what becomes of proposals."""
NO_WORDS: Final = Text(fr="Ses mots ne sont plus publics.", en="Its words are public no more.")
NEWS: Final = Text(fr="Nouvelles", en="News")
PHASES: Final = Text(fr="Étapes", en="Phases")
LINKS: Final = Text(fr="En savoir plus", en="Read more")
CONTACTS: Final = Text(fr="À qui s’adresser", en="Whom to ask")
DISCUSSION: Final = Text(fr="Lire la discussion", en="Read the discussion")
PROPOSAL: Final = Text(fr="Voir la proposition", en="See the proposal")
CALENDAR: Final = Text(fr="Mettre dans mon agenda", en="Put it into my calendar")
CLOSED_TITLE: Final = Text(fr="Cette page n’est pas publique", en="This page is not public")
CLOSED: Final = Text(
    fr="Elle n’existe pas, ou n’est ouverte qu’à certains\u00a0: connectez-vous au site de votre ville.",
    en="It does not exist, or is open to some alone: sign in to your town's site.",
)
