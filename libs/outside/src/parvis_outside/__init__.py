# SPDX-License-Identifier: EUPL-1.2
"""Calls to addresses that others wrote down, which must never lead into our own network."""
