# SPDX-License-Identifier: EUPL-1.2
"""A homeserver of Matrix on which nobody has an account, with a page on which one reads and writes in their place."""
