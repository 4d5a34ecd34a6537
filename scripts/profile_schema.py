"""Write `extension/carriers/profile.schema.json` anew from the models in companion/profile.py."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from companion import carriers

if __name__ == "__main__":
    (carriers.FOLDER / carriers.SCHEMA).write_text(carriers.schema(), encoding="utf-8")
