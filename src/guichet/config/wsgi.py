"""What the web server imports in each of its workers."""

import gc
import multiprocessing
import os
import signal

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from guichet.config.local.processes import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "guichet.config.settings")
if parent := multiprocessing.parent_process():
    # A killed web server leaves no worker behind that holds its port. In good order it waits for them before it ends,
    # so this is never the end of a request; a signal that can be handled is lost while a worker starts.
    die_with_parent(signal.SIGKILL, parent=parent.pid)()
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - the first visitor does not wait for the imports of every view
gc.freeze()
