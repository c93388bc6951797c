"""The student's page: joining by a link or a typed code, in a browser, without an account."""

from client.page.mounting import mount_student_page

__all__ = ["mount_student_page"]
