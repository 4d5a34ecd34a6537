"""The management system (管理系统): proposals, questions, downloads, timeline. One way in: its API."""
