"""The numbers page: what is drawn on it, of which period, and the files of it."""
