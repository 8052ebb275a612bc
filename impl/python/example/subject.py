"""The program that ipckit starts."""

import ipckit

from buffer import Many, OneToOne
from region import Region

ipckit.serve("python-example", "1.0", region=Region, one_to_one=OneToOne, many=Many)
