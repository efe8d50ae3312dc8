# Two images of one commit: `web` is small and has no torch, `worker` computes.
#   docker build --target web -t assay-web .
#   docker build --target worker -t assay-worker .
# Every file is checked against its hash. A smaller torch, without CUDA, has hashes of its own: write
# requirements-workers.lock anew with PyTorch's index of CPU builds first (UV_EXTRA_INDEX_URL, `make locks`), and
# give the same index here: --build-arg PIP_EXTRA_INDEX_URL=<that index>

FROM python:3.11-slim AS build-web
ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/assay
ENV PATH=/opt/assay/bin:$PATH
WORKDIR /build
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

FROM build-web AS build-worker
COPY requirements-workers.lock requirements-nodeps.lock ./
RUN pip install --require-hashes -r requirements-workers.lock \
 && pip install --require-hashes --no-deps -r requirements-nodeps.lock

FROM python:3.11-slim AS base
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin assay \
 && mkdir -p /srv/assay/var/files \
 && chown -R assay:assay /srv/assay/var
WORKDIR /srv/assay
# 0.0.0.0 is inside the container; the application refuses AUTH_MODE=open there.
ENV PATH=/opt/assay/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0
COPY Procfile gunicorn.conf.py wsgi.py ./
COPY stack stack
COPY migrations migrations
COPY app app
# The web image too: it shows the models' cards. It has no torch, and never imports what stands here.
COPY workers workers

FROM base AS web
COPY --from=build-web /opt/assay /opt/assay
USER assay
EXPOSE 8000
CMD ["gunicorn", "wsgi:app"]

FROM base AS worker
# LightGBM is linked against OpenMP's library, which the slim image leaves out.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/*
COPY --from=build-worker /opt/assay /opt/assay
USER assay
CMD ["python", "-m", "workers", "realtime"]
