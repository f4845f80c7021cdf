#!/bin/sh
# Stands for the server image's own entrypoint: the server by any name, or another command as it is.
set -eu
case ${1:-} in
  '' | server | -*)
    for program in silo minio; do
      if command -v "$program" >/dev/null; then exec "$program" "$@"; fi
    done
    ;;
esac
exec "$@"
