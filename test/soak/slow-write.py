"""
Overwrites a file with one write(2) whose bytes come late: slow-write.py FILE SIZE BYTE PAUSE_MS [set-back]

The kernel sets the times of the file, copies page by page, and tells of the change at the end. The pages of the buffer
are missing, and are filled in one after the other, each after a pause (userfaultfd(2), which root may use). `set-back`
sets the modification time to what it was before.
"""

import ctypes
import fcntl
import mmap
import os
import struct
import sys
import threading
import time

PAGE = 4096
SYS_USERFAULTFD = {"x86_64": 323, "aarch64": 282}[os.uname().machine]
UFFDIO_API, UFFDIO_REGISTER, UFFDIO_COPY = 0xC018AA3F, 0xC020AA00, 0xC028AA03


def main(path, size, byte, pause_ms, set_back):
    libc = ctypes.CDLL(None, use_errno=True)
    faults = libc.syscall(SYS_USERFAULTFD, os.O_CLOEXEC)
    if faults < 0:
        sys.exit("userfaultfd: " + os.strerror(ctypes.get_errno()))
    length = -(-size // PAGE) * PAGE
    memory = mmap.mmap(-1, length)
    begin = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    fcntl.ioctl(faults, UFFDIO_API, struct.pack("QQQ", 0xAA, 0, 0))
    fcntl.ioctl(faults, UFFDIO_REGISTER, struct.pack("QQQQ", begin, length, 1, 0))
    page = ctypes.create_string_buffer(bytes([byte]) * PAGE, PAGE)

    def fill():
        while True:
            message = os.read(faults, 32)
            at = struct.unpack_from("Q", message, 16)[0] & ~(PAGE - 1)
            time.sleep(pause_ms / 1000)
            fcntl.ioctl(faults, UFFDIO_COPY, struct.pack("QQQQq", at, ctypes.addressof(page), PAGE, 0, 0))

    threading.Thread(target=fill, daemon=True).start()
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
    before = os.stat(file)
    written = libc.write(file, ctypes.c_void_p(begin), ctypes.c_size_t(size))
    if set_back:
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    os.close(file)
    if written != size:
        sys.exit(f"{written} of {size} bytes were written")


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), "set-back" in sys.argv[5:])
