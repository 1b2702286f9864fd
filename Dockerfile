FROM node:24-bookworm-slim AS browser
WORKDIR /browser
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.13-slim-bookworm AS build
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps \
        --only-binary :all: --require-hashes -r requirements.lock \
    && /venv/bin/pip uninstall -y pip
COPY asgi.py ./
COPY domain domain
COPY verifiers verifiers
COPY db db
COPY migrations migrations
COPY service service
COPY api api
COPY web web
COPY cli cli
COPY --from=browser /browser/node_modules/lean-qr/index.mjs web/static/vendor/lean-qr.mjs
COPY --from=browser /browser/node_modules/echarts/dist/echarts.esm.min.mjs web/static/vendor/echarts.mjs
COPY --from=browser /browser/node_modules/echarts/NOTICE web/static/vendor/echarts.NOTICE.txt
RUN /venv/bin/python -m compileall -q . && install -d -m 0700 /data /spool

FROM python:3.13-slim-bookworm
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY --from=build --chown=10001:10001 /data /data
COPY --from=build --chown=10001:10001 /spool /spool
COPY --chmod=0755 deploy/menshen /usr/local/bin/menshen
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 MENSHEN_DATA_DIR=/data
WORKDIR /app
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-c", "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/readyz'); raise SystemExit(c.getresponse().status != 200)"]
CMD ["menshen", "serve", "--host", "0.0.0.0"]
