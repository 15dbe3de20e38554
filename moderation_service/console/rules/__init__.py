"""The rules at the console: what they say and do, written by a form, tried on the past, and taken back."""
