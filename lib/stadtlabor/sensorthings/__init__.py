"""What the city measures, for the software of others: SensorThings 1.1 and places as GeoJSON.

Both are read only and show what anyone may see. :func:`sensorthings` and :func:`places` return the
addresses for the web application.
"""

from stadtlabor.sensorthings.places import places
from stadtlabor.sensorthings.service import sensorthings

__all__ = ["places", "sensorthings"]
