#!/usr/bin/env python3
"""The one command. It needs only Python: it builds its own .venv from the locked requirements, then does the work.

python3 manage.py demo    a complete service with a demo world
python3 manage.py test    the whole suite
python3 manage.py quality lint, types, migrations, import order, locks
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
STAMP = VENV / "installed-locks"
OLDEST = (3, 11)


def say(text):
    print(text, file=sys.stderr, flush=True)


def bootstrap(lock):
    """Restart this command in the project's own .venv, made to match the lock. Standard library only."""
    if sys.version_info < OLDEST:
        sys.exit("Python 3.11 ou plus récent est nécessaire. Vous avez {}.{}.".format(*sys.version_info[:2]))
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    installed = STAMP.read_text().split() if STAMP.exists() else []
    if wanted not in installed:
        build_venv(lock)
        STAMP.write_text("\n".join([*installed, wanted]))
    if Path(sys.prefix).resolve() != VENV.resolve():
        keep_bytecode()
        os.execv(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv])


def keep_bytecode():
    """Every process of ours starts twice as fast from what the first one compiled; it stays inside .venv."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(VENV / "bytecode"))


def has_pip():
    """True if .venv is whole: one that was interrupted, or whose Python has gone, is made again."""
    if not VENV_PYTHON.exists():
        return False
    check = [str(VENV_PYTHON), "-m", "pip", "--version"]
    return subprocess.run(check, capture_output=True).returncode == 0


def build_venv(lock):
    """Create .venv if needed and install the lock: hashes checked, wheels only."""
    if not has_pip():
        say("Création de l’environnement .venv…")
        create = [sys.executable, "-m", "venv", "--clear", str(VENV)]
        if subprocess.run(create, stdout=subprocess.PIPE).returncode:
            sys.exit("Le module venv manque. Sur Debian : apt install python3-venv, puis relancez la commande.")
    say("Installation des bibliothèques (une minute environ la première fois)…")
    pip = [str(VENV_PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    options = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile", "-r", str(lock)]
    if subprocess.run(pip + options).returncode:
        sys.exit("L’installation a échoué. Vérifiez l’accès au réseau, puis relancez la commande.")


def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pcc.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    testing = command in ("test", "quality")
    if os.environ.get("PCC_NO_BOOTSTRAP") != "1":
        bootstrap(ROOT / "pcc" / ("requirements-test.lock" if testing else "requirements.lock"))
    if command == "test":
        from tests.run import run_suite

        sys.exit(run_suite(sys.argv[2:]))
    if command == "quality":
        from tests.quality import run_checks

        sys.exit(run_checks())
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
