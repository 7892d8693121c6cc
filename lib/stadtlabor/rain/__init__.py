"""Rain: from radar frames to the question whether it will pour in the next hour."""

from stadtlabor.rain.exceedance import Outlook, outlook
from stadtlabor.rain.grid import around, place_index
from stadtlabor.rain.nowcast import extrapolate, motion, nowcast

__all__ = ["Outlook", "around", "extrapolate", "motion", "nowcast", "outlook", "place_index"]
