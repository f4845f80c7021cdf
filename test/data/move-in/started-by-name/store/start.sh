#!/bin/sh
# Starts minio with whatever CMD says.
echo "starting minio"
case "$1" in
  server|minio) ;;
  *) exec "$@" ;;
esac
/usr/bin/minio --version
exec minio "$@" --console-address ":9001"
