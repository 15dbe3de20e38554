# The production image: the service alone, without the embedded servers.
FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/moderation
ENV PATH=/opt/moderation/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements-image.lock .
RUN pip install --no-cache-dir --require-hashes -r requirements-image.lock
COPY setup.cfg pyproject.toml README.md LICENSE ./
COPY moderation_service moderation_service
COPY workers workers
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --no-create-home moderation
COPY --from=build /opt/moderation /opt/moderation
ENV PATH=/opt/moderation/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER moderation
WORKDIR /tmp
ENTRYPOINT ["moderation-service"]
CMD ["serve"]
