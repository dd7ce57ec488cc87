"""Traces: the way of a wish from a turn of the dialog to the clip, across the service and its workers."""
