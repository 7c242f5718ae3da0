# SPDX-License-Identifier: EUPL-1.2
"""What the command cannot do, in words for whoever typed it."""


class CommandError(Exception):
    """Shown as it is, without a trace."""
