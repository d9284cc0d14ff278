"""What is told of a server to those who run it: counts for Prometheus, and spans for OpenTelemetry.

Neither holds a text, an id or a user's name: a label is a method of the protocol, one of the server's own tools, or a
word of this package. Whatever else a client sends in the place of one is called "other".
"""
