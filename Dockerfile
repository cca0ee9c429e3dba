# One image for web, worker, beat and every command. Built by compose.yaml.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    GUTCLINIC_MODE=production \
    GUTCLINIC_VAR=/var/lib/gutclinic

RUN useradd --system --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin gutclinic \
    && install --directory --owner=gutclinic --group=gutclinic /var/lib/gutclinic

WORKDIR /app
COPY requirements.txt ./
# http-ece is published as source alone; it is plain Python.
RUN pip install --require-hashes --only-binary=:all: --no-binary=http-ece -r requirements.txt

COPY manage.py ./
COPY clinics clinics
COPY protocols protocols
COPY patients patients
COPY gutclinic gutclinic
COPY templates templates
COPY static static

USER gutclinic
# The settings insist on all of these; none of them is kept in the image, and collecting files uses none of them.
RUN SECRET_KEY=only-while-building DATABASE_URL=sqlite://:memory: REDIS_URL=redis://localhost \
    PUBLIC_URL=https://localhost EMAIL_URL=smtp://localhost DEFAULT_FROM_EMAIL=nobody@localhost \
    python manage.py collectstatic --noinput --verbosity 0

EXPOSE 8000
# No access log: the addresses of invitations are secrets.
CMD ["gunicorn", "gutclinic.wsgi", "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", \
     "--worker-tmp-dir=/dev/shm", "--no-control-socket"]
