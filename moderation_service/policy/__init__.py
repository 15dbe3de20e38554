"""What is forbidden and what may be done about it: the vocabulary, and the clauses a decision cites."""
