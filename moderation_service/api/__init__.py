"""The HTTP edge: parse, open the one transaction, call one step of the pipeline, print."""
