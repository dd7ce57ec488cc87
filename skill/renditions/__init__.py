"""Renditions of clips that are done: made when somebody wants one, kept and deleted with the clip."""
