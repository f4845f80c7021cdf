#!/bin/sh
# Becomes the MinIO server once everything is proven:
#   1. checks the environment and the disk, and names what is wrong;
#   2. starts the server on 127.0.0.1, which only this container reaches, runs minio-init.sh, and stops the server;
#   3. starts the server on all addresses by exec: signals and the exit status are the server's own.
# If step 1 or 2 fails, step 3 never happens: what is not proven private never listens.
# Needs a POSIX shell, coreutils, curl 8.3 or newer, silo or minio, mcli or mc.
set -eu
trap 'exit 0' TERM INT # as PID 1, a shell ignores every signal that has no trap
data=${MINIO_DATA_DIR:-/data}
console_port=${MINIO_CONSOLE_PORT:-9090}
start_seconds=120

log() { printf 'minio-entrypoint: %s\n' "$*" >&2; }
die() { log "ERROR: $*"; exit 1; }

# check_port NAME VALUE
check_port() {
  case $2 in
    '' | 0* | *[!0-9]* | ??????* | 18012 | 18013 | 19099) ;;
    *) [ "$2" -gt 65535 ] || return 0 ;;
  esac
  die "$1 must be a port number from 1 to 65535, and none that Render reserves (18012, 18013, 19099), not '$2'"
}

check_environment() {
  minio-init.sh check || exit 1 # the variables that it uses
  check_port PORT "${PORT:-}"
  check_port MINIO_CONSOLE_PORT "$console_port"
  [ "$console_port" != "$PORT" ] || die "MINIO_CONSOLE_PORT and PORT must differ: both are $PORT"
  [ "$console_port" != 10000 ] || die "MINIO_CONSOLE_PORT must not be 10000: Render sends it to the public port"
  printf '%s\n' "${MINIO_API_CORS_ALLOW_ORIGIN:-*}" | tr , '\n' | while IFS= read -r origin; do
    case $origin in *[[:space:]]* | */) ;; '*' | *://*) continue ;; esac
    die "MINIO_API_CORS_ALLOW_ORIGIN allows no page by '$origin': write https://www.example.com, without blank or slash"
  done
  [ -z "${MINIO_SERVER_URL:-}" ] ||
    log "WARNING: MINIO_SERVER_URL is set: sign-in to the console fails where the server can't reach that URL. Remove it"
  case ${MINIO_BROWSER:-} in
    [Oo][Ff][Ff]) log "WARNING: MINIO_BROWSER is off: the console service has nothing to show. Remove it" ;;
  esac
}

# Refuses before it changes anything on the disk.
check_disk() {
  if [ -e "$data/.minio.sys/format.json" ]; then
    case $(cat "$data/.minio.sys/format.json") in *'"format":"fs"'*)
      die "$data has the file-system format of MinIO before June 2022, which no server reads today. Nothing was changed." \
        "Start it with a server of that time and copy it to a new stack with 'mc mirror'" ;;
    esac
  else
    for folder in "$data"/*/ "${data%/*}/"; do
      [ ! -e "${folder}.minio.sys/format.json" ] ||
        die "$data has no MinIO store, but ${folder%/} has: set MINIO_DATA_DIR=${folder%/}. Nothing was changed"
    done
    mkdir -p "$data" 2>/dev/null || :
  fi
  if ! [ -d "$data" ] || ! [ -w "$data" ] || ! [ -x "$data" ]; then
    die "$data is not a writable folder: is the disk mounted there (render.yaml: disk.mountPath)?"
  fi
  # Without a disk, the image's own /data is writable, too.
  if [ -n "${RENDER:-}" ] && [ "$(stat -c %d "$data")" = "$(stat -c %d /)" ]; then
    die "no disk is mounted at $data: the next deploy would lose everything (render.yaml: disk.mountPath)"
  fi
}

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
check_environment
check_disk
api="http://127.0.0.1:$PORT"
root_user=$MINIO_ROOT_USER
prepare
unset TMPDIR
export MINIO_ROOT_USER="$root_user"
log "ready"
exec "$server" server --address ":$PORT" --console-address ":$console_port" "$data"
