"""Makes a fresh Django project in the folder of the first argument, with the settings that the rendered README has to
paste, and evaluates expressions in it for the tests: one JSON string a line in, one JSON document a line out. The first
line is the settings block.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import django
from django.core.files.base import ContentFile
from django.core.management import call_command

# Answers only: what Django prints goes nowhere.
answers = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)

folder = Path(sys.argv[1])
subprocess.run([sys.executable, "-m", "django", "startproject", "mysite", str(folder)], check=True)

app = folder / "files"
app.mkdir()
(app / "__init__.py").touch()
(app / "models.py").write_text(
    "from django.db import models\n\n\n"
    "class Document(models.Model):\n"
    "    file = models.FileField(upload_to='documents')\n"
)

block = json.loads(sys.stdin.readline())
with open(folder / "mysite" / "settings.py", "a") as settings:
    settings.write(f'\nINSTALLED_APPS += ["files"]\nDEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"\n\n{block}')

sys.path.insert(0, str(folder))
os.environ["DJANGO_SETTINGS_MODULE"] = "mysite.settings"
django.setup()
call_command("migrate", run_syncdb=True, verbosity=0)

from django.core.files.storage import default_storage, storages  # noqa: E402
from files.models import Document  # noqa: E402

names = {
    "call_command": call_command,
    "ContentFile": ContentFile,
    "default_storage": default_storage,
    "django": django,
    "Document": Document,
    "storages": storages,
}
for line in sys.stdin:
    try:
        answer = {"result": eval(json.loads(line), names)}
    except Exception as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    print(json.dumps(answer), file=answers, flush=True)
