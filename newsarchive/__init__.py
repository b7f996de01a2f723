"""The archive's base package: imports, storage, curation and operation. Search is in the package `search`."""

VERSION = "0.1.0"
