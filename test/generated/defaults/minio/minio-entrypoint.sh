#!/bin/sh
# Becomes the MinIO server once everything is proven:
#   1. runs minio-check.sh, which refuses variables and disks that can't work;
#   2. starts the server on 127.0.0.1, which only this container reaches, runs minio-init.sh, and stops the server;
#   3. starts the server on all addresses by exec: signals and the exit status are the server's own.
# If step 1 or 2 fails, step 3 never happens: what is not proven private never listens.
# Needs a POSIX shell, coreutils, curl 8.3 or newer, silo or minio, mcli or mc.
set -eu
trap 'exit 0' TERM INT # as PID 1, a shell ignores every signal that has no trap
data=${MINIO_DATA_DIR:-/data}
start_seconds=120

log() { printf 'minio-entrypoint: %s\n' "$*" >&2; }
die() { log "ERROR: $*"; exit 1; }

# However the preparing ends.
stop() {
  kill "$step" "$private" 2>/dev/null || :
  wait "$private" 2>/dev/null || :
  rm -rf "$TMPDIR"
}

# Root has another name meanwhile, as curl signs only with names of letters, digits and . _ - ~. Without the console, and
# without collecting garbage while it has little memory in use, the server starts faster.
prepare() {
  TMPDIR=$(mktemp -d)
  export TMPDIR MINIO_ROOT_USER=minio-entrypoint
  MINIO_BROWSER=off GOGC=off GOMEMLIMIT=192MiB "$server" server --quiet --address "127.0.0.1:$PORT" "$data" &
  private=$! step=$!
  trap stop EXIT
  # `cluster`: `live` and `ready` answer before buckets and users are loaded. One curl asks 20 times a second.
  mkfifo "$TMPDIR/statuses"
  timeout "$start_seconds" curl --silent --noproxy '*' --max-time 2 --rate 20/s --output /dev/null \
    --write-out '%{stderr}%{http_code}\n' "$api/minio/health/cluster?[1-99999]" 2>"$TMPDIR/statuses" &
  step=$!
  status=
  while [ "$status" != 200 ]; do
    read -r status || die "the server is not healthy after $start_seconds s"
    kill -0 "$private" 2>/dev/null || die "the server ended while it started"
  done <"$TMPDIR/statuses"
  kill "$step"
  minio-init.sh "$api" &
  step=$!
  wait "$step" || die "initialisation failed: the server does not start"
  stop
  trap - EXIT
}

server=$(command -v silo || command -v minio) || die "the image has neither silo nor minio"
minio-check.sh || exit 1
api="http://127.0.0.1:$PORT"
root_user=$MINIO_ROOT_USER
prepare
unset TMPDIR
export MINIO_ROOT_USER="$root_user"
log "ready"
exec "$server" server --address ":$PORT" --console-address ":${MINIO_CONSOLE_PORT:-9090}" "$data"
