"""`python -m flows.cli` is `sito`."""

import os
import sys

from flows.cli.main import main
from flows.common.allowance import thrifty

os.environ.update(thrifty())  # before pyarrow is imported, which commands do when they need it
sys.exit(main())
