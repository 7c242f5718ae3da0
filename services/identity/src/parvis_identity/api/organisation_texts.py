# SPDX-License-Identifier: EUPL-1.2
"""What the page of an invitation says, in French and English."""

from typing import Final

from parvis_kit.locale import Text

ORGANISATION_TEXTS: Final[dict[str, Text]] = {
    "invitation-title": Text(fr="Rejoindre une organisation", en="Join an organisation"),
    "invitation-member": Text(
        fr="« {organisation} » vous invite parmi ses membres. Ils voient ce qui concerne l'organisation, et vous "
        "pouvez partir quand vous voulez.",
        en="“{organisation}” invites you to be a member. Members see what concerns the organisation, and you can "
        "leave whenever you want.",
    ),
    "invitation-representative": Text(
        fr="« {organisation} » vous invite à la représenter : vous pourrez inviter et retirer des membres, et agir "
        "pour les personnes qui lui ont donné mandat. Ces personnes verront que c'était vous.",
        en="“{organisation}” invites you to represent it: you can invite and remove members, and act for the people "
        "who gave it a mandate. They will see that it was you.",
    ),
    "invitation-accept": Text(fr="Accepter", en="Accept"),
    "invitation-ignore": Text(
        fr="Si vous ne voulez pas, fermez cette page : rien n'est fait sans vous.",
        en="If you do not want to, close this page: nothing is done without you.",
    ),
    "invitation-joined-title": Text(fr="C'est fait", en="Done"),
    "invitation-joined": Text(
        fr="Vous faites maintenant partie de l'organisation.", en="You are of the organisation now."
    ),
    "invitation-known": Text(
        fr="Vous faites déjà partie de cette organisation : rien n'a changé.",
        en="You are of this organisation already: nothing has changed.",
    ),
}
