"""The doors to other networks: they speak like these, and their reports become flags like all others."""
