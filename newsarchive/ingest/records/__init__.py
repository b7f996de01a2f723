"""Files that hold many articles as records: tables, lists of JSON objects, feeds.

Each record becomes a file of its own, in a format that `importers.formats.record` reads, together with the
mapping of its columns, so that it can be read again from itself.
"""
