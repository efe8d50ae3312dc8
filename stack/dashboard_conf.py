"""How gunicorn serves the dashboard: a page for one administrator."""

from __future__ import annotations

from app.server.gunicorn_logging import JsonLogger, checked_settings


class DashboardLogger(JsonLogger):
    """The same lines, of another process."""

    process = "dashboard"


settings = checked_settings()
bind = f"{settings.host}:{settings.dashboard_port}"
workers = 1
worker_class = "gevent"  # sockets that drip their headers hold no thread
worker_connections = 200
keepalive = 5  # seconds
graceful_timeout = 10  # seconds; gunicorn gives a connection that says nothing 5
forwarder_headers = ""  # SCRIPT_NAME is ours to say, whoever sends it as a header
control_socket_disable = True  # its path is one for all gunicorns of a user
logger_class = DashboardLogger
