"""Kept because programs of the first releases start their successor (on HUP) by this name.

New units and scripts name `newsarchive.ops.supervisor`.
"""

import sys

from newsarchive.ops.supervisor import main

if __name__ == "__main__":
    sys.exit(main())
