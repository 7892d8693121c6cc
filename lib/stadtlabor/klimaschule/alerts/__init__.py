"""Alerts: what deserves a look at a school's meters, with size, certainty and a test."""

from stadtlabor.klimaschule.alerts.alert import Alert, Amount
from stadtlabor.klimaschule.alerts.find import alerts
from stadtlabor.klimaschule.alerts.limits import rules
from stadtlabor.klimaschule.alerts.unknown import unknown

__all__ = ["Alert", "Amount", "alerts", "rules", "unknown"]
