"""Telling the people concerned: a durable outbox, its wording, and a channel for each way out."""
