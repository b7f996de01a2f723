"""What the archive keeps and who may change it: articles, copies, names, history, undo, outbox, export."""
