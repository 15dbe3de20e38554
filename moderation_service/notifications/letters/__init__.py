"""Letters to readers: mail that says that a flag was received, what came of it, and what was changed since."""
