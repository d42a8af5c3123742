"""python -m matching.engine"""

from matching.engine.cli import main

if __name__ == "__main__":
    raise SystemExit(main())
