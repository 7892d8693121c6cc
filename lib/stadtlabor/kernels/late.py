"""What a Python kernel imports only after its start or with its first cell.

Imported in the template these modules are shared; imported later each kernel pays for them with
time and 11 MiB. ``tests/kernels/test_kernels.py`` tells when the list is out of date.
"""

__all__ = ["LATE"]

LATE: tuple[str, ...] = (
    "ipykernel.kernelapp",
    "ipykernel.debugger",
    "ipykernel.comm",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "debugpy.server.api",
    "encodings.ascii",
    "encodings.idna",
    "encodings.latin_1",
    "faulthandler",
    "runpy",
    "tornado.locks",
    "tornado.platform.asyncio",
    "tornado.queues",
)
