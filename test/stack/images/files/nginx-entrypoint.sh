#!/bin/sh
# Does what nginx's official image does in its entrypoint: prepares only for nginx, runs the scripts of
# /docker-entrypoint.d in order and sources its .envsh files, both only when they are executable. As there, in a pipeline:
# the parent of those scripts, and their standard input, are gone before nginx starts.
set -e

case ${1:-} in
  nginx | nginx-debug)
    find /docker-entrypoint.d/ -follow -type f -print | sort -V | while read -r file; do
      [ -x "$file" ] || continue
      case $file in
        *.envsh) . "$file" ;;
        *.sh) "$file" ;;
      esac
    done
    ;;
esac
exec "$@"
