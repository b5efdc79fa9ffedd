# Two stages: the first installs the hash-locked packages, the second carries only them and the code.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /winnow
COPY requirements/ requirements/
RUN python -m venv /opt/venv \
 && /opt/venv/bin/pip install -q --require-hashes -r requirements/boot.txt \
 && /opt/venv/bin/uv pip install -q --python /opt/venv/bin/python --require-hashes -r requirements/app.txt

FROM python:3.11-slim-bookworm
RUN useradd --create-home --uid 1000 winnow && install -d -o winnow /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /winnow
COPY --chown=winnow . .
ENV PATH=/opt/venv/bin:$PATH DATA_DIR=/data PYTHONUNBUFFERED=1
# The style sheets and scripts with names that say their content; the real key and database come at run time.
RUN DATA_DIR=/tmp/build STATIC_DIR=/winnow/static-built python manage.py collectstatic --noinput -v0 \
 && rm -rf /tmp/build && chown -R winnow /winnow/static-built
ENV STATIC_DIR=/winnow/static-built
USER winnow
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["python", "-c", "import urllib.request as u; u.urlopen(u.Request('http://127.0.0.1:8000/healthz/', headers={'Host': 'localhost'}), timeout=4)"]
CMD ["python", "manage.py", "serve", "--host", "0.0.0.0", "--port", "8000"]
