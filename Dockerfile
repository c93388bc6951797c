# Roomtone in one image: `roomtone serve`, and by another command `roomtone dashboard`.
# Python and Debian are those that the tests run on.

FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
# Filled by the pip of this stage: the program needs none.
RUN python -m venv --without-pip /opt/venv
# The dependencies alone first, so that they are fetched again only when they change.
COPY pyproject.toml ./
RUN python -c "import tomllib; print(*tomllib.load(open('pyproject.toml', 'rb'))['project']['dependencies'], sep='\n')" > /tmp/requirements.txt \
    && pip --python /opt/venv/bin/python install --requirement /tmp/requirements.txt \
    && find /opt/venv -type d -name tests -prune -exec rm -rf {} +
# .dockerignore lists what comes along. Editable, because the migrations are found beside the code.
COPY . ./
RUN pip --python /opt/venv/bin/python install --no-deps --editable . \
    && python -m compileall -q .

FROM python:3.11-slim-bookworm
# OpenCV needs libGL and libglib. Mesa's drivers (165 MB) come with libGL and draw windows: not here.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgl1 libglib2.0-0 \
    && dpkg --purge --force-depends libgl1-mesa-dri libllvm15 libz3-4 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 roomtone \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data roomtone \
    && install --directory --owner=roomtone --group=roomtone --mode=0700 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
# ONNX Runtime reports to its maker unless it is told not to.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ROOMTONE_HOST=0.0.0.0 \
    ROOMTONE_DATA_DIR=/data \
    ROOMTONE_LOG_FORMAT=json \
    ORT_DISABLE_TELEMETRY=1 \
    HEALTH_URL=http://127.0.0.1:8000/readyz
WORKDIR /app
USER 10001:10001
# Fails the build, not the start, if a library is missing.
RUN ["roomtone", "settings"]
VOLUME /data
EXPOSE 8000
# urlopen raises on any status from 400 on. The empty ProxyHandler keeps it off HTTP_PROXY.
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open(os.environ['HEALTH_URL'], timeout=4)"]
CMD ["roomtone", "serve"]
