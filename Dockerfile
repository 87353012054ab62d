# Untried where this was built (no container engine was at hand); see README.
FROM python:3.13-slim AS build
WORKDIR /build
ENV UV_COMPILE_BYTECODE=1
COPY requirements/boot.txt requirements/base.txt requirements/
RUN pip install --no-cache-dir --require-hashes -r requirements/boot.txt \
 && uv venv /opt/golden-thread \
 && uv pip sync --python /opt/golden-thread/bin/python --require-hashes requirements/base.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN uv pip install --python /opt/golden-thread/bin/python --no-deps --no-build-isolation --offline .

FROM python:3.13-slim
COPY --from=build /opt/golden-thread /opt/golden-thread
RUN useradd --create-home --uid 10001 pmo \
 && install -d -o pmo -g pmo /data /kernels
USER pmo
ENV PATH=/opt/golden-thread/bin:$PATH \
    GT_DATA_DIR=/data \
    GT_PORT=8000 \
    NUMBA_CACHE_DIR=/kernels \
    PYTHONUNBUFFERED=1
RUN python -c "from goldenthread.engine import kernels; kernels.warm()"
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["goldenthread", "serve", "--host", "0.0.0.0"]
