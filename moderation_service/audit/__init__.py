"""Who did what, and when: written once, in the transaction of the change, chained by hashes."""
