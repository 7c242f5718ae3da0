# SPDX-License-Identifier: EUPL-1.2
"""A provider of calls that calls nobody, with a page on which one answers them."""
