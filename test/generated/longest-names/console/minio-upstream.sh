#!/bin/sh
# Keeps nginx's upstream on the address of the MinIO server. The nginx image runs it from /docker-entrypoint.d before
# nginx starts.
#
# nginx looks a name up once, and does not start when that fails; its own resolver ignores the search domains that
# Render's short private names need. So the name is resolved here, by libc, again and again, and nginx reloads when the
# address changes. Until there is an address, the upstream is marked down and visitors see the page that says so.
set -eu

UPSTREAM=/etc/nginx/minio-upstream.conf
SECONDS_BETWEEN=2

host=${MINIO_HOST:-}
port=${MINIO_CONSOLE_PORT:-}

log() {
  printf 'minio-upstream: %s\n' "$*"
}

# Prints the server's addresses, each with a blank behind it. Prints nothing when the name does not resolve.
addresses() {
  { getent ahostsv4 "$host" || getent hosts "$host" || :; } 2>/dev/null |
    while read -r address _; do
      case $address in
        *:*) address="[$address]" ;;
      esac
      printf '%s ' "$address"
    done
}

# write_upstream ADDRESS: an empty one marks the upstream as down.
write_upstream() {
  if [ -n "$1" ]; then
    printf 'server %s:%s;\n' "$1" "$port" >"$UPSTREAM.new"
  else
    printf 'server 127.0.0.1:9 down;\n' >"$UPSTREAM.new"
  fi
  mv "$UPSTREAM.new" "$UPSTREAM"
}

# As long as the container runs, which is as long as nginx does. $PPID says nothing: it is a pipeline of the image's
# entrypoint, gone before nginx starts.
follow() {
  while sleep "$SECONDS_BETWEEN"; do
    found=$(addresses)
    # No answer is no news: the server is being replaced, or the resolver is. Of several addresses the current one stays.
    case " $found" in
      ' ' | *" $current "*) continue ;;
    esac
    # It fails, and is tried again, as long as nginx has not started.
    if write_upstream "${found%% *}" && nginx -s reload; then
      current=${found%% *}
      log "$host is $current now"
    fi
  done
}

problem=
case $port in
  '' | *[!0-9]*) problem="MINIO_CONSOLE_PORT must be the number of the server's console port, not '$port'" ;;
esac
[ -n "$host" ] || problem="MINIO_HOST is not set"
if [ -n "$problem" ]; then
  log "ERROR: $problem: there is no server to show"
  write_upstream ''
  exit 0
fi

found=$(addresses)
current=${found%% *}
write_upstream "$current"
log "$host is ${current:-not known yet, waiting for its address}"
follow &
