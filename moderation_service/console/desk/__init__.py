"""The desk: the queue, one case, and deciding it."""
