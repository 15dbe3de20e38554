"""What the service can do, measured: each module is one benchmark, `python -m benchmarks` runs them all.

Every number comes from real servers in a temporary folder: an embedded PostgreSQL that syncs its commits, a Valkey,
the API under its web server, a Celery worker and beat. Nothing that the service does for its readers is switched off.
"""
