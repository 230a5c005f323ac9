"""Stops one thread of another process, says so, and lets it go when its own input ends."""

import ctypes
import os
import sys

SEIZE, INTERRUPT = 0x4206, 0x4207

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
thread = int(sys.argv[1])
for request in (SEIZE, INTERRUPT):
    if libc.ptrace(request, thread, None, None) != 0:
        sys.exit(os.strerror(ctypes.get_errno()))
os.waitpid(thread, 0x40000000)  # __WALL: it is no child of ours.
print("stopped", flush=True)
sys.stdin.read()
# The end of the one who stopped it lets it go.
