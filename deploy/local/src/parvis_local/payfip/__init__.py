# SPDX-License-Identifier: EUPL-1.2
"""A look-alike of PayFiP, with pages on which one pays, refuses, gives up or leaves; no money moves."""
