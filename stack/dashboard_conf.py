"""How gunicorn serves the dashboard: a page for one administrator."""

from __future__ import annotations

import os

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('DASHBOARD_PORT') or 9181}"
workers = 1
threads = 4
graceful_timeout = 5  # seconds
control_socket_disable = True  # its path is one for all gunicorns of a user
