#!/bin/sh
# Does what nginx's official image documents of its entrypoint: prepares only for nginx, runs the scripts of
# /docker-entrypoint.d in order and sources its .envsh files, both only when they are executable.
set -eu

case ${1:-} in
  nginx | nginx-debug)
    for file in /docker-entrypoint.d/*; do
      [ -x "$file" ] || continue
      case $file in
        *.envsh) . "$file" ;;
        *.sh) "$file" ;;
      esac
    done
    ;;
esac
exec "$@"
