# SPDX-License-Identifier: EUPL-1.2
"""Which mailbox an address leads to, as far as the address itself tells: strangers give others' addresses."""


def mailbox_of(email: str) -> str:
    """The address without case and without what follows a plus sign (subaddressing, as in RFC 5233, section 1).

    What bounds mails counts by it: one mailbox has as many such addresses as anybody likes to write.
    """
    local, _, domain = email.casefold().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"
