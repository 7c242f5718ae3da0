# SPDX-License-Identifier: EUPL-1.2
"""Names of what every request has: the way by which it came, how pressing it is."""

from typing import Final

from parvis_kit.locale import Text
from parvis_requests.domain.asking import Channel
from parvis_requests.domain.priority import Priority

CHANNELS: Final = {
    Channel.ONLINE: Text(fr="En ligne", en="Online"),
    Channel.COUNTER: Text(fr="Guichet", en="Counter"),
    Channel.PHONE: Text(fr="Téléphone", en="Phone"),
    Channel.LETTER: Text(fr="Courrier", en="Letter"),
    Channel.EMAIL: Text(fr="Courriel", en="E-mail"),
    Channel.SOCIAL: Text(fr="Réseau social", en="Social network"),
}


PRIORITIES: Final = {
    Priority.LOW: Text(fr="Basse", en="Low"),
    Priority.NORMAL: Text(fr="Normale", en="Normal"),
    Priority.HIGH: Text(fr="Haute", en="High"),
    Priority.URGENT: Text(fr="Urgente", en="Urgent"),
}
