# SPDX-License-Identifier: EUPL-1.2
"""The scopes that clients may ask for: whose API each opens, and what a person is told about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from parvis_identity.domain.participation_scopes import PARTICIPATION

OPENID: Final = "openid"
PROFILE: Final = "profile"
EMAIL: Final = "email"
PHONE: Final = "phone"
ADDRESS: Final = "address"
_MAX_SCOPES: Final = 100


@dataclass(frozen=True, slots=True)
class Scope:
    """One scope; ``fr`` and ``en`` end the sentence "This service asks to…" on the consent page."""

    name: str
    service: str
    fr: str
    en: str

    @property
    def audience(self) -> str:
        """The audience of a token that carries this scope."""
        return f"parvis-{self.service}"


def _of(name: str, fr: str, en: str) -> Scope:
    service = name.partition(".")[0] if "." in name else "identity"
    return Scope(name, service, fr, en)


# The other services' scopes are copied from their contracts on purpose: identity must name them to people.
CATALOGUE: Final[dict[str, Scope]] = {
    scope.name: scope
    for scope in (
        _of(OPENID, "vous reconnaître d'une visite à l'autre", "recognise you from one visit to the next"),
        _of(PROFILE, "connaître vos nom et prénoms", "know your first and last names"),
        _of(EMAIL, "connaître votre adresse électronique", "know your e-mail address"),
        _of(PHONE, "connaître votre numéro de téléphone", "know your telephone number"),
        _of(ADDRESS, "connaître l'adresse de votre domicile", "know where you live"),
        _of("identity.profile.read", "lire les informations de votre compte", "read the details of your account"),
        _of("identity.profile.write", "modifier votre compte", "change your account"),
        _of("identity.accounts.read", "retrouver le compte d'un usager", "find somebody's account"),
        _of("identity.proofs.write", "attester qu'une pièce d'identité a été vue", "attest that a document was seen"),
        _of("identity.merges.read", "consulter les fusions de comptes", "see how accounts are merged"),
        _of("identity.merges.write", "fusionner les comptes d'une même personne", "merge the accounts of one person"),
        _of("identity.factors.write", "retirer le second facteur d'un usager", "take away a lost second factor"),
        _of("identity.erasures.write", "demander l'effacement d'un compte", "ask for an account to be erased"),
        _of("identity.assistance.write", "assister un usager à l'accueil ou au téléphone", "assist people"),
        _of("identity.mandates.read", "consulter vos mandats", "see your mandates"),
        _of("identity.mandates.write", "donner, accepter et révoquer des mandats", "give, accept and revoke mandates"),
        _of("identity.organisations.read", "consulter vos organisations", "see your organisations"),
        _of("identity.organisations.write", "gérer vos organisations et leurs membres", "manage your organisations"),
        _of("identity.verifications.write", "vérifier les organisations déclarées", "verify declared organisations"),
        _of("identity.sessions.read", "voir où vous êtes connecté", "see where you are signed in"),
        _of("identity.sessions.write", "mettre fin à vos sessions", "end your sessions"),
        _of("identity.agents.read", "consulter les agents de la collectivité", "see the agents of the collectivity"),
        _of("identity.agents.write", "gérer les agents de la collectivité", "manage the agents of the collectivity"),
        _of(
            "identity.clients.read",
            "consulter les applications de la collectivité",
            "see the applications of the collectivity",
        ),
        _of(
            "identity.clients.write",
            "gérer les applications de la collectivité",
            "manage the applications of the collectivity",
        ),
        _of(
            "identity.collectivity.read",
            "consulter la présentation de la collectivité",
            "see how the collectivity presents itself",
        ),
        _of(
            "identity.collectivity.write",
            "modifier la présentation de la collectivité",
            "change how the collectivity presents itself",
        ),
        _of("identity.imports.read", "suivre la reprise de comptes existants", "follow imports of accounts"),
        _of("identity.imports.write", "reprendre des comptes existants", "import existing accounts"),
        _of(
            "identity.scim.write",
            "gérer agents et équipes depuis l'annuaire",
            "manage agents and teams from the directory",
        ),
        _of("identity.audit.read", "consulter le journal d'audit", "read the audit trail"),
        _of("identity.operations.write", "fonder des collectivités", "found collectivities"),
        _of(
            "identity.people.read", "lire les coordonnées des personnes à prévenir", "read contact points of recipients"
        ),
        _of(
            "identity.civil-status.read",
            "lire l'état civil attesté de qui demande une donnée certifiée",
            "read the attested civil status of who asks for certified data",
        ),
        _of(
            "identity.particulars.read",
            "lire les noms et coordonnées de qui s'adresse à la collectivité",
            "read names and contact points of who turns to the collectivity",
        ),
        _of(
            "identity.rolls.read",
            "obtenir la clé d'émargement des votants",
            "get the keys under which voters stand on the roll",
        ),
        _of("requests.requests.read", "consulter vos demandes et leur suivi", "see your requests and their progress"),
        _of(
            "requests.requests.write",
            "déposer des demandes et y répondre en votre nom",
            "file requests and answer in your name",
        ),
        _of(
            "requests.attachments.write",
            "joindre des photos et des documents à vos demandes",
            "attach photos and documents to your requests",
        ),
        _of("requests.appointments.read", "consulter vos rendez-vous", "see your appointments"),
        _of(
            "requests.authors.read",
            "savoir de qui viennent les demandes et les rendez-vous",
            "know who files requests and has appointments",
        ),
        _of(
            "requests.appointments.write",
            "prendre, déplacer et annuler vos rendez-vous",
            "book, move and cancel your appointments",
        ),
        _of(
            "requests.agendas.write",
            "tenir les agendas et les motifs de rendez-vous",
            "keep the agendas and the kinds of appointments",
        ),
        _of(
            "requests.archives.read",
            "exporter les demandes closes vers un système d'archivage",
            "export closed requests to a records system",
        ),
        _of(
            "requests.catalogue.read",
            "consulter les brouillons du catalogue des démarches",
            "see the drafts of the catalogue of services",
        ),
        _of(
            "requests.catalogue.write",
            "rédiger et publier le catalogue des démarches",
            "write and publish the catalogue of services",
        ),
        _of("requests.messages.read", "lire les réponses publiques aux demandes", "read public replies to requests"),
        _of(
            "requests.contacts.read",
            "lire où écrire à qui a déposé une demande sans compte",
            "read where to write to those who filed a request without an account",
        ),
        _of(
            "participation.guests.read",
            "lire où écrire à qui s'est inscrit à une réunion sans compte",
            "read where to write to those who registered for a meeting without an account",
        ),
        _of(
            "notifications.inbound.write",
            "prendre les réponses reçues par courriel, pour les verser aux demandes",
            "take the answers that came by mail, to thread them into requests",
        ),
        _of("notifications.messages.read", "lire les messages que vous recevez", "read the messages you receive"),
        _of("notifications.messages.write", "marquer vos messages comme lus", "mark your messages as read"),
        _of(
            "notifications.request-messages.read",
            "savoir si l'auteur d'une demande a été informé",
            "see whether the author of a request was told",
        ),
        _of(
            "notifications.replies.write",
            "révoquer les adresses auxquelles on répond aux courriels d'une demande",
            "revoke the addresses at which mails about a request are answered",
        ),
        _of("notifications.preferences.read", "consulter vos choix d'information", "see how you chose to be told"),
        _of("notifications.preferences.write", "choisir comment vous êtes informé", "choose how you are told"),
        _of(
            "notifications.subscriptions.read",
            "consulter vos abonnements aux informations et aux alertes",
            "see your subscriptions to news and alerts",
        ),
        _of(
            "notifications.subscriptions.write",
            "vous abonner aux informations et aux alertes",
            "subscribe you to news and alerts",
        ),
        _of("notifications.news.write", "publier des actualités", "publish news"),
        _of("notifications.alerts.read", "suivre les alertes et leurs réponses", "follow alerts and their answers"),
        _of("notifications.alerts.write", "rédiger et approuver des alertes", "write and approve alerts"),
        _of(
            "notifications.register.read",
            "consulter le registre des personnes vulnérables",
            "read the register of care",
        ),
        _of("notifications.register.write", "tenir le registre des personnes vulnérables", "keep the register of care"),
        _of(
            "notifications.own-register.read",
            "consulter votre inscription au registre des personnes vulnérables",
            "see your entry in the register of care",
        ),
        _of(
            "notifications.own-register.write",
            "demander, rectifier ou retirer votre inscription au registre des personnes vulnérables",
            "ask for, correct or take back your entry in the register of care",
        ),
        _of(
            "notifications.register-accesses.read",
            "consulter qui a vu le registre des personnes vulnérables",
            "see who read the register of care",
        ),
        _of("notifications.events.read", "lire ce qui se passe dans la collectivité", "read what happens in the town"),
        _of(
            "notifications.mail-room.read",
            "prendre les lettres que le service courrier imprime et poste",
            "fetch the letters that the mail room prints and posts",
        ),
        _of(
            "notifications.mail-room.write",
            "dire ce que sont devenues les lettres du service courrier",
            "say what became of the mail room's letters",
        ),
        _of("notifications.keys.read", "consulter les clés d'envoi des applications", "see applications' sending keys"),
        _of("notifications.keys.write", "gérer les clés d'envoi des applications", "manage applications' sending keys"),
        _of(
            "notifications.deliveries.read",
            "savoir ce que sont devenus les envois de la collectivité, et leur coût",
            "know what became of what the town has sent, and what it cost",
        ),
        _of("notifications.templates.read", "consulter les modèles de messages", "see message templates"),
        _of("notifications.templates.write", "écrire les modèles de messages", "write message templates"),
        _of("notifications.webhooks.read", "consulter les abonnements aux événements", "see subscriptions to events"),
        _of("notifications.webhooks.write", "gérer les abonnements aux événements", "manage subscriptions to events"),
        *(_of(*each) for each in PARTICIPATION),
        *(
            scope
            for service in ("notifications", "participation", "requests")
            for scope in (
                _of(f"{service}.dead-letters.read", "lire les événements non traités", "read events that failed"),
                _of(f"{service}.dead-letters.write", "traiter les événements en échec", "settle events that failed"),
            )
        ),
    )
}


def parse(text: str) -> frozenset[str] | None:
    """The scope names of a ``scope`` parameter; None where it is empty or absurdly long."""
    names = text.split(" ")
    if not text or len(names) > _MAX_SCOPES:
        return None
    return frozenset(name for name in names if name)


def audiences(names: Iterable[str]) -> list[str]:
    """The audiences of a token with these scopes: the services whose scopes it carries, in a stable order."""
    return sorted({CATALOGUE[name].audience for name in names})


def written(names: Iterable[str]) -> str:
    """The ``scope`` parameter for these names, in a stable order."""
    return " ".join(sorted(names))
