"""Tickless: a system of resolution for IT operations. Start reading at `tickless.flow.resolution`."""

__version__ = "0.1.0"
