"""Readers' flags: one per reporter, target and revision, durable before it is answered."""
