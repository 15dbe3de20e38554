"""The one error of this package."""


class EmbeddedError(RuntimeError):
    """An embedded server cannot be had; the message says what to do about it."""
