# SPDX-License-Identifier: EUPL-1.2
"""What the letters about an account that is to be erased say, in French and English; by the names of their subjects."""

from typing import Final

from parvis_kit.locale import Text

ERASURE_LETTERS: Final[dict[str, tuple[Text, Text]]] = {
    "ERASURE_ASKED": (
        Text(fr="Votre compte sera effacé – {collectivity}", en="Your account will be erased – {collectivity}"),
        Text(
            fr="Bonjour,\n\nL'effacement de votre compte pour les services en ligne de {collectivity} a été demandé. "
            "Il aura lieu à partir du {day}. Jusque-là, vous pouvez y renoncer en suivant ce lien, sans vous "
            "connecter :\n\n{link}\n\nAprès, rien ne peut le rétablir. Vos démarches en cours vont à leur terme, mais "
            "vous ne pourrez plus les suivre ici et personne ne pourra vous écrire à leur sujet : attendez leur "
            "réponse, retirez-les, ou enregistrez d'abord ce que vous voulez garder. Ce que la loi oblige à conserver "
            "le reste jusqu'à son terme.\n\nSi vous n'avez rien demandé, suivez le lien et prévenez-nous.\n",
            en="Hello,\n\nIt was asked that your account for the online services of {collectivity} be erased. That "
            "happens from {day} on. Until then you can take it back by this link, without signing in:\n\n{link}\n\n"
            "After that nothing brings it back. Your open requests go on to their end, but you cannot follow them "
            "here any more, and nobody can write to you about them: wait for their answer, withdraw them, or save "
            "what you want to keep first. What the law has us keep stays until its time is over.\n\nIf you asked for "
            "nothing, follow the link and tell us.\n",
        ),
    ),
    "ERASURE_CANCELLED": (
        Text(fr="Votre compte est gardé – {collectivity}", en="Your account is kept – {collectivity}"),
        Text(
            fr="Bonjour,\n\nVotre compte pour les services en ligne de {collectivity} ne sera pas effacé : il reste "
            "comme il est. Vous pouvez demander à nouveau son effacement quand vous voulez.\n",
            en="Hello,\n\nYour account for the online services of {collectivity} will not be erased: it stays as it "
            "is. You can ask again for it to be erased whenever you want.\n",
        ),
    ),
    "ERASURE_HELD": (
        Text(fr="Votre compte attend encore – {collectivity}", en="Your account waits still – {collectivity}"),
        Text(
            fr="Bonjour,\n\nVotre compte pour les services en ligne de {collectivity} devait être effacé. Vous êtes "
            "maintenant la seule personne à administrer la collectivité ou à représenter une organisation : donnez ce "
            "rôle à quelqu'un d'autre, ou déclarez l'organisation close. L'effacement se fera alors de lui-même, dans "
            "la journée.\n",
            en="Hello,\n\nYour account for the online services of {collectivity} was to be erased. By now you are the "
            "only one to administer the local authority or to represent an organisation: give that role to somebody "
            "else, or declare the organisation closed. The account is erased by itself then, within a day.\n",
        ),
    ),
    "ACCOUNT_ERASED": (
        Text(fr="Votre compte est effacé – {collectivity}", en="Your account is erased – {collectivity}"),
        Text(
            fr="Bonjour,\n\nComme demandé, votre compte pour les services en ligne de {collectivity} est effacé, avec "
            "ce que nous savions de vous. Ce que la loi oblige à conserver le reste jusqu'à son terme, dont vos "
            "démarches.\n\nC'est notre dernier message. Vous pouvez ouvrir un nouveau compte quand vous voulez.\n",
            en="Hello,\n\nAs asked, your account for the online services of {collectivity} is erased, with what we "
            "knew of you. What the law has us keep stays until its time is over, your requests among it.\n\nThis is "
            "our last message. You can open a new account whenever you want.\n",
        ),
    ),
    "MANDATE_ENDED": (
        Text(fr="Un mandat a pris fin – {collectivity}", en="A mandate has ended – {collectivity}"),
        Text(
            fr="Bonjour,\n\nQuelqu'un avec qui vous aviez un mandat pour les services en ligne de {collectivity} a "
            "fermé son compte : ce mandat a pris fin, et plus personne n'agit par lui. Vos mandats sont à voir dans "
            "votre compte.\n",
            en="Hello,\n\nSomebody with whom you had a mandate for the online services of {collectivity} has closed "
            "their account: that mandate has ended, and nobody acts by it any more. You see your mandates in your "
            "account.\n",
        ),
    ),
    "CHILD_ERASURE_ASKED": (
        Text(
            fr="Le dossier de votre enfant sera effacé – {collectivity}", en="Your child's file goes – {collectivity}"
        ),
        Text(
            fr="Bonjour,\n\nÀ l'accueil de {collectivity}, il a été demandé que le dossier d'un enfant de votre foyer "
            "soit effacé. Cela aura lieu à partir du {day}. Jusque-là, vous pouvez l'empêcher en suivant ce lien, sans "
            "vous connecter :\n\n{link}\n\nAprès, rien ne peut le rétablir, et vous ne pourrez plus suivre ici ses "
            "démarches en cours.\n\nSi vous n'avez rien demandé, suivez le lien et prévenez-nous.\n",
            en="Hello,\n\nAt the counter of {collectivity} it was asked that the file of a child of your household be "
            "erased. That happens from {day} on. Until then you can stop it by this link, without signing in:\n\n"
            "{link}\n\nAfter that nothing brings it back, and you cannot follow the child's open requests here any "
            "more.\n\nIf you asked for nothing, follow the link and tell us.\n",
        ),
    ),
    "CHILD_ERASURE_CANCELLED": (
        Text(fr="Le dossier de votre enfant est gardé – {collectivity}", en="Your child's file stays – {collectivity}"),
        Text(
            fr="Bonjour,\n\nLe dossier d'un enfant de votre foyer, pour les services en ligne de {collectivity}, ne "
            "sera pas effacé : il reste comme il est.\n",
            en="Hello,\n\nThe file of a child of your household, for the online services of {collectivity}, will not "
            "be erased: it stays as it is.\n",
        ),
    ),
    "CHILD_ACCOUNT_ERASED": (
        Text(
            fr="Le dossier de votre enfant est effacé – {collectivity}", en="Your child's file is gone – {collectivity}"
        ),
        Text(
            fr="Bonjour,\n\nComme annoncé, le dossier d'un enfant de votre foyer, pour les services en ligne de "
            "{collectivity}, est effacé. Ce que la loi oblige à conserver le reste jusqu'à son terme.\n",
            en="Hello,\n\nAs we told you, the file of a child of your household, for the online services of "
            "{collectivity}, is erased. What the law has us keep stays until its time is over.\n",
        ),
    ),
}
