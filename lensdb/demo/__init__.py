"""`make demo`: a small simulated community, sent through the real submission and the real backlog.

Nothing here is used by the site itself. Every series of it is rendered, and marked as simulated wherever it is shown.
"""
