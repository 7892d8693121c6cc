"""JupyterHub, started after this library: ``python -m stadtlabor.hub -f CONFIG``.

So the hub too goes without what no process of ours needs, see :mod:`stadtlabor.startup`: half of
its start.
"""

from __future__ import annotations

from jupyterhub.app import main

if __name__ == "__main__":
    main()
