"""Django with a data folder of its own, which goes when the program ends: to be imported before what needs it."""

import atexit
import os
import shutil
import tempfile

FOLDER = tempfile.mkdtemp(prefix="bench-")
os.environ["DATA_DIR"] = FOLDER
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ranking.settings")
atexit.register(shutil.rmtree, FOLDER, ignore_errors=True)

import django

django.setup()
