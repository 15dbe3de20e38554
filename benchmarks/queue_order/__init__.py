"""How much harm each order of the review queue prevents, in invented worlds; see `drawing` for what is assumed."""
