"""How much harm each order of the review queue prevents, in invented worlds; see `world` for what is assumed."""
