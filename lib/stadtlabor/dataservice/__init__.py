"""The data service: the only way from a person's kernel to the city's values.

It owns the files, learns from the hub and the operating system who asks, applies the policy of the
data set and writes down what it decided. Questions are forms, never a query language.

Nothing is imported here: the client is loaded by every kernel and must stay small.
"""
