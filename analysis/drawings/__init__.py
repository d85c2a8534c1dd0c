"""The evidence behind quality flags as small drawings: inline SVG that the report and the site put beside a flag.

Drawn from numbers that a result carries (`analysis.evidence`), never from pixels. Lines and text are in the colour of
the text around them; what lies beyond its limit is filled and says so, so that no drawing speaks by colour alone.
"""

from analysis.drawings.registry import Drawing, drawing_of

__all__ = ["Drawing", "drawing_of"]
