"""Coder's wire types, no behaviour."""
