"""The article list, the page of an article, queues, bulk changes, and the history of actions."""
