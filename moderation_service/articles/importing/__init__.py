"""Read an article page as it was saved: plain text, HTML with JSON-LD, bare JSON-LD, or our own JSON.

`read_page` looks at the bytes and chooses. Each format has its file and makes a `Draft`, which checks bounds.
"""

from moderation_service.articles.importing.draft import ImportedArticle, UnreadablePage
from moderation_service.articles.importing.reader import read_page, read_pages

__all__ = ["ImportedArticle", "UnreadablePage", "read_page", "read_pages"]
