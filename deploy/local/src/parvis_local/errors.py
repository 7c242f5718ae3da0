# SPDX-License-Identifier: EUPL-1.2
"""What can go wrong on a newcomer's machine; the message is shown as it is, without a stack trace."""


class LocalError(Exception):
    """A part of the local stack could not be made or started; the text says why and what helps."""
