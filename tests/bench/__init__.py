"""`make bench`: newsarchive beside the plain recipe and SQLite FTS5, in one run, on the same articles.

corpus.py   files -> articles, read by the project's importers and kept for the next run
invented.py a corpus of invented articles, when none is named
queries.py  what is asked, drawn from the articles by a seeded generator
recipe.py   (a) Whoosh + jieba.analyse.ChineseAnalyzer, default settings
fts5.py     (b) SQLite FTS5 over jieba-segmented text
ours.py     (c) the embedded engine
builds.py   each built in a process of its own: time, CPU, memory, size
measure.py  the same questions to all, in turn
pages.py    the search page through Django
worker.py   the memory of web workers
grow.py     the engine at growing numbers of articles
report.py   tables
"""
