"""The name under which programs of the first releases start their successor (HUP): it leads on.

New units and scripts name `newsarchive.ops.supervisor`.
"""

import sys

from newsarchive.ops.supervisor import main

if __name__ == "__main__":
    sys.exit(main())
