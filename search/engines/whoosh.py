"""The module that the schema of older indexes names.

Whoosh keeps a schema as a pickle, and with it the place of the analyzer's classes. Their place today is
`embedded.words_whoosh`; without this name no index of an earlier release could be opened.
"""

from .embedded.words_whoosh import JiebaTokenizer, WordField

__all__ = ["JiebaTokenizer", "WordField"]
