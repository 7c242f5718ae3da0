# SPDX-License-Identifier: EUPL-1.2
"""The API of GOV.UK Notify, version 2, so that its clients send by this service unchanged (decision 49)."""
