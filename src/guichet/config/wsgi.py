"""What the web server imports in each of its workers."""

import gc
import multiprocessing
import os
import signal

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from guichet.config.local.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")
if parent := multiprocessing.parent_process():  # a killed web server leaves no worker behind that holds its port
    die_with_parent(signal.SIGTERM, parent=parent.pid or 0)()  # it may be dead already: init is nobody's parent here
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - the first visitor does not wait for the imports of every view
gc.freeze()
