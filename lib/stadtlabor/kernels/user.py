"""Become another system user, for good."""

from __future__ import annotations

import ctypes
import os

__all__ = ["change", "no_new_rights"]

_PR_SET_DUMPABLE = 4
_PR_SET_NO_NEW_PRIVS = 38

# Loaded in the template: a child should open nothing while it is still root.
_LIBC = ctypes.CDLL(None, use_errno=True)


def change(uid: int, gid: int) -> None:
    """Give up being root: one user, one group, and no program that would lead back.

    Raises
    ------
    OSError
        If the system refuses; the process must end then.
    """
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    no_new_rights()
    # Whoever changes its user is closed to all, itself included. As in any ordinary process its
    # own tools may look at it; other users still cannot.
    _control(_PR_SET_DUMPABLE, 1)


def no_new_rights() -> None:
    """Let no program that this process starts have more rights than it has itself."""
    _control(_PR_SET_NO_NEW_PRIVS, 1)


def _control(option: int, value: int) -> None:
    if _LIBC.prctl(option, value, 0, 0, 0):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
