"""The parts of `newsarchive.archive.articles`; other rooms call them through that module."""
