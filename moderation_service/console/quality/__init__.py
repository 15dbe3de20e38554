"""The quality pages: decided cases looked at again, blind, and how far that agrees with what was decided."""
