"""What the flags are about: articles, their revisions and parts, and the built-in content store."""
