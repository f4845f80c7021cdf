#!/bin/sh
# Runs MinIO with a private bucket, and stays as its parent:
#   1. refuses a bad environment, naming the variable;
#   2. starts the server and, once it is healthy, makes the bucket private and the application user ready,
#      or stops the server: what is not private must not run;
#   3. passes SIGTERM on and exits with the server's status.
# It uses a POSIX shell, coreutils, silo or minio, mcli or mc, curl or wget. Nothing else is in the image.
set -eu

# From the first moment on: a signal that has no trap is lost, as this is PID 1.
stopping=
trap 'stopping=1' TERM INT

# Bytes, not characters: the same lengths and classes whatever the locale.
LC_ALL=C

# White space beyond ASCII, in UTF-8: U+0085, U+00A0, U+1680, U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F, U+3000.
UNICODE_SPACES=$(printf '\302\205 \302\240 \341\232\200 \342\200\200 \342\200\201 \342\200\202 \342\200\203 \342\200\204
\342\200\205 \342\200\206 \342\200\207 \342\200\210 \342\200\211 \342\200\212 \342\200\250 \342\200\251 \342\200\257
\342\201\237 \343\200\200')

DATA=/data
POLICY=minio-stack-app
HEALTH_SECONDS=120
CLIENT_SECONDS=20
ATTEMPTS=3

server_pid=
init_pid=
work=
failed=
signalled=

log() {
  printf 'minio-entrypoint: %s\n' "$*" >&2
}

die() {
  log "ERROR: $*"
  exit 1
}

# --- The environment ---

first_program() {
  for program in "$@"; do
    if command -v "$program" >/dev/null 2>&1; then
      printf '%s\n' "$program"
      return
    fi
  done
  die "the image has none of these programs: $*"
}

# The server drops white space at both ends of a value, its clients do not.
has_outer_space() {
  case $1 in [[:space:]]* | *[[:space:]]) return 0 ;; esac
  for space in $UNICODE_SPACES; do
    case $1 in "$space"* | *"$space") return 0 ;; esac
  done
  return 1
}

# check_text NAME VALUE SHORTEST
check_text() {
  [ -n "$2" ] || die "$1 is not set"
  [ "${#2}" -ge "$3" ] || die "$1 is too short: at least $3 characters"
  case $2 in *[[:cntrl:]]*) die "$1 must not contain line breaks or other control characters" ;; esac
  if has_outer_space "$2"; then
    die "$1 must not begin or end with white space: the server would drop it"
  fi
}

# check_port NAME VALUE
check_port() {
  case $2 in
    '') die "$1 is not set" ;;
    0* | *[!0-9]* | ??????*) die "$1 must be a port number from 1 to 65535, not '$2'" ;;
    18012 | 18013 | 19099) die "$1 must not be $2: Render reserves it" ;;
  esac
  [ "$2" -le 65535 ] || die "$1 must be a port number from 1 to 65535, not '$2'"
}

check_bucket() {
  rule="3 to 63 lower-case letters, digits, dots and hyphens, a letter or digit at both ends and beside every dot"
  [ -n "$1" ] || die "MINIO_BUCKET is not set"
  case $1 in
    *[!a-z0-9.-]* | [!a-z0-9]* | *[!a-z0-9] | *..* | *.-* | *-.*) die "MINIO_BUCKET '$1' is not a bucket name: $rule" ;;
    minio) die "MINIO_BUCKET must not be 'minio': the server keeps that name for itself" ;;
  esac
  if [ "${#1}" -lt 3 ] || [ "${#1}" -gt 63 ]; then
    die "MINIO_BUCKET '$1' is not a bucket name: $rule"
  fi
  case $1 in
    *[!0-9.]* | *.*.*.*.*) ;;
    *.*.*.*) die "MINIO_BUCKET '$1' must not look like an IP address" ;;
  esac
}

check_environment() {
  check_text MINIO_ROOT_USER "${MINIO_ROOT_USER:-}" 3
  case $MINIO_ROOT_USER in
    *[=,]*) die "MINIO_ROOT_USER must not contain = or a comma: no client could sign in" ;;
  esac
  check_text MINIO_ROOT_PASSWORD "${MINIO_ROOT_PASSWORD:-}" 8
  check_bucket "${MINIO_BUCKET:-}"

  if [ -n "${MINIO_APP_ACCESS_KEY:-}${MINIO_APP_SECRET_KEY:-}" ]; then
    check_text MINIO_APP_ACCESS_KEY "${MINIO_APP_ACCESS_KEY:-}" 3
    check_text MINIO_APP_SECRET_KEY "${MINIO_APP_SECRET_KEY:-}" 8
    case $MINIO_APP_ACCESS_KEY in
      -* | *[!A-Za-z0-9._-]*) die "MINIO_APP_ACCESS_KEY may hold letters, digits, dots, underscores and hyphens only" ;;
    esac
    [ "$MINIO_APP_ACCESS_KEY" != "$MINIO_ROOT_USER" ] ||
      die "MINIO_APP_ACCESS_KEY and MINIO_ROOT_USER must differ: the application never gets root"
  fi

  check_port PORT "${PORT:-}"
  MINIO_CONSOLE_PORT=${MINIO_CONSOLE_PORT:-9090}
  check_port MINIO_CONSOLE_PORT "$MINIO_CONSOLE_PORT"
  [ "$MINIO_CONSOLE_PORT" != "$PORT" ] || die "MINIO_CONSOLE_PORT and PORT must differ: both are $PORT"
  [ "$MINIO_CONSOLE_PORT" != 10000 ] || die "MINIO_CONSOLE_PORT must not be 10000: Render sends it to the public port"

  if ! [ -d "$DATA" ] || ! [ -w "$DATA" ] || ! [ -x "$DATA" ]; then
    die "$DATA is not a writable folder: is the disk mounted there (render.yaml: disk.mountPath)?"
  fi
}

# --- Initialisation: a background process of its own ---

# Runs one client command, its standard input passed on. In the background, so that SIGTERM need not wait for it.
client() {
  { timeout "$CLIENT_SECONDS" "$mc" "$@" <&3 >"$work/output" 2>"$work/errors" & } 3<&0
  result=0
  wait "$!" || result=$?
  if [ "$result" -eq 124 ]; then
    printf '%s\n' "no answer within $CLIENT_SECONDS s: $mc $1 $2" >>"$work/errors"
  fi
  return "$result"
}

report_errors() {
  while IFS= read -r line || [ -n "$line" ]; do
    log "  $line"
  done <"$work/errors"
}

quiet_curl() {
  curl --silent --fail --noproxy '*' --max-time 5 --output /dev/null "$@"
}

# Whether the server gives what is at a path to anybody.
answers() {
  url="$api/$1"
  if [ "$http" = curl ]; then
    quiet_curl "$url"
  else
    no_proxy=127.0.0.1 wget -q -T 5 -O /dev/null "$url" 2>/dev/null
  fi
}

# Not /health/live or /ready: they answer before buckets and users are loaded.
wait_until_healthy() {
  deadline=$(($(date +%s) + HEALTH_SECONDS))
  until answers minio/health/cluster; do
    kill -0 "$server_pid" 2>/dev/null || return 1
    if [ "$(date +%s)" -ge "$deadline" ]; then
      log "the server is not healthy after $HEALTH_SECONDS s"
      return 1
    fi
    sleep 0.1
  done
}

# write_alias NAME USER PASSWORD. With an explicit signature the client writes it without asking the server. Secrets come
# on standard input: never in arguments, where every process can read them.
write_alias() {
  client alias set --api S3v4 "$1" "$api" <<EOF
$2
$3
EOF
}

# True after `client anonymous get-json` of a bucket without any policy.
has_no_policy() {
  read -r reply <"$work/output" && [ "$reply" = '{}' ]
}

make_bucket_private() {
  bucket="root/$MINIO_BUCKET"
  # A bucket that was made this moment has no policy.
  if [ -n "$new_disk" ] && client mb "$bucket" && ! answers "$MINIO_BUCKET/"; then
    log "bucket $MINIO_BUCKET is private"
    return 0
  fi
  if ! client anonymous get-json "$bucket"; then
    client mb --ignore-existing "$bucket" &&
      client anonymous get-json "$bucket" || return 1
  fi
  if ! has_no_policy; then
    log "bucket $MINIO_BUCKET has a policy, which is removed now"
    # `set private` knows only the policies that the client itself sets: an empty one replaces any other first.
    printf '%s\n' '{"Version":"2012-10-17","Statement":[]}' >"$work/no-policy.json"
    client anonymous set-json "$work/no-policy.json" "$bucket" &&
      client anonymous set private "$bucket" &&
      client anonymous get-json "$bucket" || return 1
    if ! has_no_policy; then
      log "bucket $MINIO_BUCKET still has a policy"
      return 1
    fi
  fi
  log "bucket $MINIO_BUCKET is private"
}

# statements RESOURCE ACTION...
statements() {
  resource=$1
  shift
  for action in "$@"; do
    printf '{"Effect":"Allow","Action":["s3:%s"],"Resource":["arn:aws:s3:::%s"]},' "$action" "$resource"
  done
}

# What the application may do: use the objects of its bucket. One action a statement, spelt as the server spells it,
# so that the two can be compared as text.
policy_document() {
  list=$(
    statements "$MINIO_BUCKET" GetBucketLocation ListBucket ListBucketMultipartUploads
    statements "$MINIO_BUCKET/*" GetObject PutObject DeleteObject AbortMultipartUpload ListMultipartUploadParts
  )
  # Every user may make further keys for itself and open sessions of a week, which outlive a new secret, and change its
  # own secret. Here it may not, and a key or a session of its is good for nothing ("AssumedRole").
  denied='{"Effect":"Deny","Action":["admin:CreateServiceAccount"]},{"Effect":"Deny","Action":["admin:CreateUser"]}'
  derived='"Resource":["arn:aws:s3:::*"],"Condition":{"StringEquals":{"aws:principaltype":["AssumedRole"]}}'
  denied="$denied,{\"Effect\":\"Deny\",\"Action\":[\"s3:*\"],$derived}"
  printf '{"Version":"2012-10-17","Statement":[%s%s]}' "$list" "$denied"
}

# Read by the user itself: shows that its secret is the right one, that it is enabled, and which policies it has. A group,
# which only somebody with the client can have added it to, may have others.
user_is_ready() {
  write_alias app "$MINIO_APP_ACCESS_KEY" "$MINIO_APP_SECRET_KEY" &&
    client admin user info app "$MINIO_APP_ACCESS_KEY" || return 1
  enabled=
  attached=
  grouped=
  while IFS= read -r line; do
    case $line in
      Status:*enabled*) enabled=1 ;;
      "PolicyName: $POLICY") attached=1 ;;
      "MemberOf: []") ;;
      MemberOf:*) grouped=1 ;;
    esac
  done <"$work/output"
  [ -n "$enabled" ] && [ -n "$attached" ] && [ -z "$grouped" ]
}

policy_is_ready() {
  client admin policy info root "$POLICY" || return 1
  read -r reply <"$work/output" || return 1
  case $reply in *"$document"*) ;; *) return 1 ;; esac
}

# Gives the user this policy and no other. The client encrypts that, and the server its answer: four runs of Argon2, more
# work than all the rest. There is nothing secret in the request, so curl sends it as it is, and signs it as root. Where
# curl can't sign (before 8.3, or with a colon in root's name) or is not there, the client does it.
attach_policy() {
  if [ "$http" = curl ]; then
    query="isGroup=false&policyName=$POLICY&userOrGroup=$MINIO_APP_ACCESS_KEY"
    printf '%s' "$MINIO_ROOT_USER:$MINIO_ROOT_PASSWORD" |
      quiet_curl --variable root@- --expand-user '{{root}}' --aws-sigv4 aws:amz:us-east-1:s3 \
        --request PUT "$api/minio/admin/v3/set-user-or-group-policy?$query" 2>/dev/null && return 0
  fi
  client admin policy attach root "$POLICY" --user "$MINIO_APP_ACCESS_KEY"
}

# Reads first, unless the disk is new: on a restart there is nothing to write, so that a full disk is no obstacle, and
# adding a user is slow (its payload is encrypted with Argon2).
prepare_application_user() {
  if [ -z "${MINIO_APP_ACCESS_KEY:-}" ]; then
    log "MINIO_APP_ACCESS_KEY is not set: no application user"
    return 0
  fi
  document=$(policy_document)
  if [ -z "$new_disk" ] && user_is_ready && policy_is_ready; then
    log "application user $MINIO_APP_ACCESS_KEY is ready"
    return 0
  fi
  printf '%s\n' "$document" >"$work/policy.json"
  client admin policy create root "$POLICY" "$work/policy.json" || return 1
  # A user that is there, but is not as it should be, is made anew: adding it again would leave its other policies.
  if [ -z "$new_disk" ] && client admin user info root "$MINIO_APP_ACCESS_KEY"; then
    client admin user remove root "$MINIO_APP_ACCESS_KEY" || return 1
  fi
  client admin user add root <<EOF || return 1
$MINIO_APP_ACCESS_KEY
$MINIO_APP_SECRET_KEY
EOF
  attach_policy || return 1
  log "application user $MINIO_APP_ACCESS_KEY is set up"
}

# The last background process is the client, or still the server when no client was started.
stop_client() {
  if [ "$!" != "$server_pid" ] && kill "$!" 2>/dev/null; then
    wait "$!" || :
  fi
  exit 143
}

# However it ends: unless bucket and user are ready, the parent stops the server. One that is gone is its business already.
at_end() {
  [ -n "$ready" ] || ! kill -0 "$server_pid" 2>/dev/null || kill -USR1 "$$"
}

initialise() {
  ready=
  trap at_end EXIT
  trap stop_client TERM
  umask 077
  if ! write_alias root "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD"; then
    report_errors
    return
  fi
  wait_until_healthy && attempts=$ATTEMPTS || attempts=0
  while [ "$attempts" -gt 0 ] && kill -0 "$server_pid" 2>/dev/null; do
    if make_bucket_private && prepare_application_user; then
      ready=1
      rm -rf "$work"
      log "ready"
      return
    fi
    attempts=$((attempts - 1))
    new_disk=
    report_errors
    log "initialisation failed, attempts left: $attempts"
    [ "$attempts" -eq 0 ] || sleep 1
  done
}

# --- The parent ---

# A shell that is PID 1 ignores every signal it has no trap for.
on_stop() {
  signalled=1
  stopping=1
  [ -z "$server_pid" ] || kill -TERM "$server_pid" 2>/dev/null || :
}

on_failure() {
  signalled=1
  [ -z "$stopping" ] || return 0
  failed=1
  log "ERROR: initialisation failed, stopping the server"
  kill -TERM "$server_pid" 2>/dev/null || :
}

start_server() {
  "$server" server "$DATA" --address ":$PORT" --console-address ":$MINIO_CONSOLE_PORT" &
  server_pid=$!
  # SIGTERM may have come before there was anything to pass it on to.
  [ -z "$stopping" ] || kill -TERM "$server_pid" 2>/dev/null || :
}

# Sets status to the server's. A trapped signal ends `wait` early: then wait again, until there is nothing left to
# wait for (127).
wait_for_server() {
  status=127
  while :; do
    signalled=
    result=0
    wait "$server_pid" || result=$?
    [ "$result" -ne 127 ] || break
    status=$result
    [ -n "$signalled" ] || break
  done
}

main() {
  trap on_stop TERM INT
  trap on_failure USR1

  server=$(first_program silo minio)
  mc=$(first_program mcli mc)
  http=$(first_program curl wget)
  check_environment
  api="http://127.0.0.1:$PORT"

  # The client keeps credentials in its configuration folder: a private one, gone after initialisation.
  work=$(mktemp -d)
  MC_CONFIG_DIR="$work/mc"
  export MC_CONFIG_DIR

  # Where the server has never run there is nothing to look for: each start of the client takes its time.
  new_disk=
  [ -e "$DATA/.minio.sys" ] || new_disk=1

  [ -z "$stopping" ] || exit 0
  start_server
  initialise &
  init_pid=$!

  wait_for_server
  kill -TERM "$init_pid" 2>/dev/null || :
  wait "$init_pid" 2>/dev/null || :
  rm -rf "$work"

  if [ -n "$stopping" ]; then
    # The server's own exit status, unless it was too young to handle the signal.
    [ "$status" -ne 143 ] || status=0
    log "stopped"
  elif [ -n "$failed" ]; then
    [ "$status" -ne 0 ] || status=1
  else
    log "ERROR: the server ended by itself with status $status"
  fi
  return "$status"
}

main
