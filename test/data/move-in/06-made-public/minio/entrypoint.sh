#!/bin/sh
set -e
# minio server /nowhere
minio server /data \
  --address ":${PORT:-9000}" \
  --console-address ":${MINIO_CONSOLE_PORT}" &
until mc alias set local "http://127.0.0.1:$PORT" "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" >/dev/null 2>&1; do
  echo "waiting for minio server to start"
  sleep 1
done
mc mb --ignore-existing "local/$MINIO_BUCKET"
mc anonymous set public "local/${MINIO_BUCKET}"
wait
