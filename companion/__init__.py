"""Chudan (出单助手): the companion daemon and the management system."""

__version__ = "0.1.0"
