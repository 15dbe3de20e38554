"""What was decided, by whom and why; never edited, only superseded."""
