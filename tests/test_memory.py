"""Memory that pictures took goes back to the system."""

import subprocess
import sys

import pytest

# A large block comes and goes; does a smaller one after it still get pages of its own?
BLOCKS = """
import ctypes, sys
from colorize_core.memory import return_memory

class Info(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in "abcdefghij"]  # d: blocks of their own pages

library = ctypes.CDLL(None)
library.mallinfo2.restype = Info
return_memory() if sys.argv[1] == "yes" else None
large = bytearray(20_000_000)
del large
before = library.mallinfo2().d
kept = bytearray(3_000_000)
print(library.mallinfo2().d - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only glibc has the setting")
def test_blocks_of_pictures_keep_pages_of_their_own():
    command = [sys.executable, "-c", BLOCKS, "yes"]
    run = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(run.stdout) == 1
