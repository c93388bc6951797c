"""The students' side: sends frames to a server and never keeps one."""
