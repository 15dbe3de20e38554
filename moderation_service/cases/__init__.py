"""What people still have to look at: one open case per article, who holds it, and what happened to it."""
