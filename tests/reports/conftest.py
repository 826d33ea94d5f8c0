"""Reports are made of the same warehouse and rules as selections."""

from tests.selection.conftest import chosen, read, real, rule_with

__all__ = ["chosen", "read", "real", "rule_with"]
