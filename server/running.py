"""Runs an app under uvicorn: port first, announcement once it answers, a clean stop."""

import asyncio
import contextlib
import errno
import functools
import logging
import socket
from collections.abc import Callable, Iterable
from typing import cast

import uvicorn
from fastapi import FastAPI

from model.mistakes import Mistake
from model.runtime import share_the_lock, spare_what_is_there
from server.connections import (
    KeptConnection,
    Places,
    QuietAboutStrangers,
    close_late,
    count_places,
)

DRAIN_SECONDS = 10


class PortTaken(Mistake, RuntimeError):
    """The address can't be listened on."""


def run_app(
    app: FastAPI,
    host: str,
    port: int,
    *,
    announce: Callable[[], None],
    before_stop: Callable[[], None] | None = None,
) -> None:
    """Serve until Ctrl-C or SIGTERM.

    `announce` is called once the server answers; `before_stop` when it is asked to stop and still
    answers, in a thread; then all that stands in `app.state.closers` ends the calls that are kept
    open, or uvicorn would wait for them. Raises `PortTaken`.
    """
    listener = bind_port(host, port)
    config = uvicorn.Config(
        app,
        http=cast("type[asyncio.Protocol]", prepare_connections(app)),
        ws="none",  # no call of ours is one
        log_config=None,
        access_log=False,  # a request's URL may hold a token
        server_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        lifespan="on",
    )
    logging.getLogger("uvicorn.error").addFilter(QuietAboutStrangers())
    closers = getattr(app.state, "closers", [])
    with contextlib.suppress(KeyboardInterrupt):  # uvicorn raises it again after a clean stop
        _Server(config, announce, before_stop, closers).run(sockets=[listener])


def prepare_connections(app: FastAPI) -> "functools.partial[KeptConnection]":
    """Return what makes a connection to an app, which may refuse early (`app.state.turn_away`)."""
    turn_away = getattr(app.state, "turn_away", None)
    return functools.partial(KeptConnection, places=Places(count_places()), turn_away=turn_away)


def bind_port(host: str, port: int) -> socket.socket:
    """Take the port before anything slow is done. Raises `PortTaken`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"Port {port} is in use, perhaps by another Roomtone. Stop that one, or choose "
                f"another port: ROOMTONE_PORT={port + 1}."
            ) from error
        raise PortTaken(
            f"Can't listen on {host}:{port} ({error.strerror}). Check ROOMTONE_HOST and "
            "ROOMTONE_PORT."
        ) from error
    return listener


class _Server(uvicorn.Server):
    def __init__(
        self,
        config: uvicorn.Config,
        announce: Callable[[], None],
        before_stop: Callable[[], None] | None,
        closers: Iterable[Callable[[], None]],
    ) -> None:
        super().__init__(config)
        self._announce, self._before_stop, self._closers = announce, before_stop, closers

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            share_the_lock()
            spare_what_is_there()
            self._announce()

    async def on_tick(self, counter: int) -> bool:
        """Ten times a second; see uvicorn."""
        if counter % 10 == 0:
            close_late(self.server_state.connections, asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._before_stop is not None:
            await asyncio.to_thread(self._before_stop)
        for close in self._closers:
            close()
        await super().shutdown(sockets)
