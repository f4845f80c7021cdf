#!/bin/sh
# Refuses by name what can't work, before anything is started or changed: variables first, then the disk.
set -eu
LC_ALL=C # lengths and character classes count bytes
data=${MINIO_DATA_DIR:-/data}
console_port=${MINIO_CONSOLE_PORT:-9090}

log() { printf 'minio-check: %s\n' "$*" >&2; }
die() { log "ERROR: $*"; exit 1; }

# check_text NAME SHORTEST VALUE
check_text() {
  [ "${#3}" -ge "$2" ] || die "$1 must be set, to at least $2 characters"
  case $3 in
    *[[:cntrl:]]*) die "$1 must not contain line breaks or other control characters" ;;
    [[:space:]]* | *[[:space:]]) die "$1 must not begin or end with white space: the server would drop it" ;;
  esac
}

# check_port NAME VALUE
check_port() {
  case $2 in
    '' | 0* | *[!0-9]* | ??????* | 18012 | 18013 | 19099) ;;
    *) [ "$2" -gt 65535 ] || return 0 ;;
  esac
  die "$1 must be a port number from 1 to 65535, and none that Render reserves (18012, 18013, 19099), not '$2'"
}

check_bucket() {
  case $1 in
    '' | ? | ?? | minio | [!a-z0-9]* | *[!a-z0-9] | *[!a-z0-9.-]* | *..* | *.-* | *-.*) ;;
    *.*.*.*.* | *[!0-9.]*) [ "${#1}" -gt 63 ] || return 0 ;;
    *.*.*.*) ;; # an IP address
    *) [ "${#1}" -gt 63 ] || return 0 ;;
  esac
  die "MINIO_BUCKET '$1' is not a bucket name: 3 to 63 lower-case letters, digits, dots and hyphens, a letter or digit" \
    "at both ends and beside every dot; no IP address, and not 'minio'"
}

check_root() {
  # Without both, the server would start with minioadmin:minioadmin.
  check_text MINIO_ROOT_USER 3 "${MINIO_ROOT_USER:-}"
  case $MINIO_ROOT_USER in *,*) die "MINIO_ROOT_USER must not contain a comma: no client could sign in" ;; esac
  check_text MINIO_ROOT_PASSWORD 8 "${MINIO_ROOT_PASSWORD:-}"
  [ "$MINIO_ROOT_PASSWORD" != minioadmin ] || die "MINIO_ROOT_PASSWORD must not be minioadmin, which everybody knows"
  [ "${#MINIO_ROOT_PASSWORD}" -ge 16 ] ||
    log "WARNING: MINIO_ROOT_PASSWORD has less than 16 characters: anybody may guess at it, as the API is public"
}

check_application_user() {
  [ -n "${MINIO_APP_ACCESS_KEY:-}${MINIO_APP_SECRET_KEY:-}" ] || return 0
  check_text MINIO_APP_ACCESS_KEY 3 "${MINIO_APP_ACCESS_KEY:-}"
  check_text MINIO_APP_SECRET_KEY 8 "${MINIO_APP_SECRET_KEY:-}"
  case $MINIO_APP_ACCESS_KEY in
    -* | *[!A-Za-z0-9._-]*) die "MINIO_APP_ACCESS_KEY may hold letters, digits, dots, underscores and hyphens only" ;;
    "$MINIO_ROOT_USER") die "MINIO_APP_ACCESS_KEY and MINIO_ROOT_USER must differ: the application never gets root" ;;
  esac
}

check_addresses() {
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
  case ${MINIO_BROWSER:-} in [Oo][Ff][Ff])
    log "WARNING: MINIO_BROWSER is off: the console service has nothing to show. Remove it" ;;
  esac
}

is_old() { case $(cat "$1/.minio.sys/format.json" 2>/dev/null) in *'"format":"fs"'*) ;; *) return 1 ;; esac; }
check_disk() {
  ! is_old "$data" || die "$data has the file-system format of MinIO before June 2022, which no server reads today." \
    "Nothing was changed. Set MINIO_DATA_DIR=$data/new, and copy the files there: docs/operations.md has the commands"
  if [ ! -e "$data/.minio.sys/format.json" ]; then
    for folder in "$data"/*/ "${data%/*}/"; do
      # The way out of the old format is a new store beside the old files.
      if [ "$folder" = "${data%/*}/" ] && is_old "$folder"; then continue; fi
      [ ! -e "${folder}.minio.sys/format.json" ] ||
        die "$data has no MinIO store, but ${folder%/} has: set MINIO_DATA_DIR=${folder%/}. Nothing was changed"
    done
    mkdir -p "$data" 2>/dev/null || :
  fi
  { [ -d "$data" ] && [ -w "$data" ] && [ -x "$data" ]; } ||
    die "$data is not a writable folder: is the disk mounted there (render.yaml: disk.mountPath)?"
  # Without a disk, the image's own /data is writable, too.
  [ -z "${RENDER:-}" ] || [ "$(stat -c %d "$data")" != "$(stat -c %d /)" ] ||
    die "no disk is mounted at $data: the next deploy would lose everything (render.yaml: disk.mountPath)"
}

check_root
check_bucket "${MINIO_BUCKET:-}"
check_application_user
check_addresses
check_disk
