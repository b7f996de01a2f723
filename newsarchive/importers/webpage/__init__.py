"""Whole web pages as browsers and crawlers save them: what is the article, and what the page says about it.

text -> tree -> metadata (JSON-LD, OpenGraph, <meta>), content (the element that holds the article)
             -> trimming (what is not the article is taken out) -> html.saved_page reads the rest -> lines
"""
