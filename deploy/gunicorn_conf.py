"""How the site is served, on every kind of host: supervisor, compose and Kubernetes name this file."""

import os

bind = f"{os.environ.get('LENSDB_LISTEN', '127.0.0.1')}:{os.environ.get('LENSDB_PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("LENSDB_WEB_WORKERS", "2"))
threads = 8
preload_app = True  # a worker that has died is forked anew, not imported anew: there in a moment, and with less memory
keepalive = 30  # longer than the proxy keeps a connection, so that it is never closed as a request comes
timeout = 120  # uploads stream through; the proxy has buffered them, so a silent worker is a stuck one
graceful_timeout = 10
max_requests = 20_000  # made anew now and then against creeping growth
max_requests_jitter = 2_000
control_socket_disable = True
accesslog = "-"
logger_class = "deploy.gunicorn_log.RequestLogger"
access_log_format = (  # client, time, method, path without query, status, bytes, microseconds; no referrer
    '%({x-forwarded-for}i)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(B)s %(D)s'
)
