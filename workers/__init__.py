"""The clockwork edge: time and the queue come in here; each task opens a transaction and calls one step."""
