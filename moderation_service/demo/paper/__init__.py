"""The demo's newspaper, for readers: a customer of the service as any other, which knows it over HTTP alone.

    manuscripts ── PUT ──▶ the service ◀── GET, If-None-Match ── shelf ◀── app ◀── readers
                                ▲                                           │
                                └────────── views, once a minute ───────────┘

It never shows what the service says is gone. While the service is away it goes on publishing what it was last told may
be shown, and what it was last told is gone stays gone.
"""
