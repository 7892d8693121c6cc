"""The static tier: notebooks run every few minutes, their pages need no kernel and no script."""

from stadtlabor.render.page import Page, pages, read_page
from stadtlabor.render.run import RenderError, render

__all__ = ["Page", "RenderError", "pages", "read_page", "render"]
