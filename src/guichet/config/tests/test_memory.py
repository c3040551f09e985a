"""What a web process and a worker hold before their first work: what decodes, draws and prints is held by children."""

import json
import os
import subprocess
import sys

import pytest

WEB_MB, WORKER_MB = 150, 200
CHILDRENS = ("av", "numpy", "openpyxl", "PIL", "pikepdf", "pypdfium2", "python_calamine", "typst", "zxingcpp")

SCRIPT = f"""
import importlib, json, pathlib, re, sys
import guichet.config.wsgi
def told():
    held = [name for name in {CHILDRENS!r} if name in sys.modules]
    most = re.search(r"VmHWM:\\s+(\\d+) kB", pathlib.Path("/proc/self/status").read_text())
    return [held, int(most[1]) // 1024]  # getrusage counts what the parent held before this program began
web = told()
from django.apps import apps
for app in apps.get_app_configs():
    if app.name.startswith("guichet.") and importlib.util.find_spec(app.name + ".tasks"):
        importlib.import_module(app.name + ".tasks")
print(json.dumps([web, told()]))
"""


@pytest.mark.proves("PERF-10")
def test_processes_start_small_and_leave_what_is_heavy_to_their_children(tmp_path):
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "guichet.config.settings",
        "GUICHET_DEMO": "1",
        "GUICHET_SECRET_KEY": "x",
        "GUICHET_VAR": str(tmp_path),
        "DATABASE_URL": "postgres://nobody:x@127.0.0.1:1/none",  # nothing is asked of it
    }
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT]
    answer = subprocess.run(command, env=env, cwd=tmp_path, check=True, capture_output=True, text=True)
    (web, web_mb), (worker, worker_mb) = json.loads(answer.stdout)
    assert (web, worker) == ([], [])
    assert (web_mb <= WEB_MB, worker_mb <= WORKER_MB) == (True, True), (web_mb, worker_mb)
