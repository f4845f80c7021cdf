#!/bin/sh
# minio-init.sh URL: as root of the server at this URL, makes the bucket private and the application user ready, and
# proves both. Reads first, and writes only what is not as it should be: a restart works on a full disk, too.
set -eu
POLICY=minio-stack-app
ADMIN=minio/admin/v3

log() { printf 'minio-init: %s\n' "$*" >&2; }
die() { log "ERROR: $*"; exit 1; }

# request USER SECRET METHOD PATH [CURL OPTION...]: sends a signed request, and sets status and answer.
# USER and SECRET are names of variables, which curl reads itself: every process can read its arguments.
request() {
  user=$1 secret=$2 method=$3 path=$4
  shift 4
  answer=$(curl --silent --show-error --noproxy '*' --max-time 20 --retry 2 --aws-sigv4 aws:amz:us-east-1:s3 \
    --variable "%$user" --variable "%$secret" --expand-user "{{$user}}:{{$secret}}" \
    --request "$method" --write-out ' %{http_code}' "$@" "$api/$path") || :
  status=${answer##* }
}
as_root() { request MINIO_ROOT_USER MINIO_ROOT_PASSWORD "$@"; }
as_application() { request MINIO_APP_ACCESS_KEY MINIO_APP_SECRET_KEY "$@"; }
answered() { case $answer in *"$1"*) ;; *) return 1 ;; esac; }
reason() { printf '%s' "$method /$path: $answer" | tr '\n' ' '; }
expect() { [ "$status" = "$1" ] || die "$(reason)"; }

# Its policy is what can make a bucket public.
make_bucket_private() {
  as_root GET "$MINIO_BUCKET?policy="
  if [ "$status" = 404 ] && answered '<Code>NoSuchBucket</Code>'; then
    as_root PUT "$MINIO_BUCKET"
    expect 200
    as_root GET "$MINIO_BUCKET?policy="
  elif [ "$status" = 200 ]; then
    log "bucket $MINIO_BUCKET has a policy, which is removed now"
    as_root DELETE "$MINIO_BUCKET?policy="
    as_root GET "$MINIO_BUCKET?policy="
  fi
  expect 404
  log "bucket $MINIO_BUCKET is private"
}

# The server drops more kinds of white space than minio-check.sh knows.
check_root() {
  as_root GET ''
  ! answered '<Code>SignatureDoesNotMatch</Code>' || die "the server does not take MINIO_ROOT_PASSWORD:" \
    "it must not begin or end with white space of any kind"
  expect 200
}

# Of the list that check_root has read.
warn_of_other_buckets() {
  others=$(printf '%s' "$answer" | tr '<' '\n' | while IFS='>' read -r tag name; do
    [ "$tag" != Name ] || [ "$name" = "$MINIO_BUCKET" ] || printf '%s ' "$name"
  done)
  [ -n "$others" ] || return 0
  as_root GET "{$(printf '%s' "${others% }" | tr ' ' ,)}?policy=" --output /dev/null
  for status in $answer; do
    [ "$status" != 200 ] ||
      log "WARNING: bucket ${others%% *} has a policy, which may make it public: only $MINIO_BUCKET is kept private"
    others=${others#* }
  done
}

# allow RESOURCE ACTION...: a statement for each action, spelt as the server spells it, to be compared as text
allow() {
  resource=$1
  shift
  printf '{"Effect":"Allow","Action":["s3:%s"],"Resource":["arn:aws:s3:::'"$resource"'"]},' "$@"
}

# The application uses the objects of its bucket, and can't publish them. It can't change its secret, nor make keys or
# sessions ("AssumedRole") that would outlive its secret.
policy() {
  printf '{"Version":"2012-10-17","Statement":['
  allow "$MINIO_BUCKET" CreateBucket GetBucketLocation GetBucketPolicy GetBucketVersioning ListBucket \
    ListBucketMultipartUploads
  allow "$MINIO_BUCKET/*" AbortMultipartUpload DeleteObject DeleteObjectTagging GetObject GetObjectAttributes \
    GetObjectTagging ListMultipartUploadParts PutObject PutObjectTagging
  printf '{"Effect":"Deny","Action":["admin:*"]},{"Effect":"Deny","Action":["s3:*"],"Resource":["arn:aws:s3:::*"],'
  printf '"Condition":{"StringEquals":{"aws:principaltype":["AssumedRole"]}}}]}'
}

policy_is_stored() {
  as_root GET "$ADMIN/info-canned-policy?name=$POLICY&v=2"
  answer=$(printf '%s' "$answer" | tr -d ' \n')
  answered "$(policy)"
}

# Read as root, because the user may not read itself; a request of the user proves its secret.
user_is_ready() {
  as_root GET "$ADMIN/user-info?accessKey=$MINIO_APP_ACCESS_KEY"
  answered '"policyName":"'"$POLICY"'","status":"enabled"' && ! answered '"memberOf":["' || return 1
  as_application GET "$MINIO_BUCKET?location="
  [ "$status" = 200 ]
}

# Updates a user that exists: the server never forgets one that was removed.
set_user_up() {
  # The client, because the request's body is encrypted.
  export MC_CONFIG_DIR="$work"
  printf '%s\n' "$MINIO_ROOT_USER" "$MINIO_ROOT_PASSWORD" | client alias set --api S3v4 root "$api"
  printf '%s\n' "$MINIO_APP_ACCESS_KEY" "$MINIO_APP_SECRET_KEY" | client admin user add root
  as_root PUT "$ADMIN/set-user-or-group-policy?policyName=$POLICY&userOrGroup=$MINIO_APP_ACCESS_KEY&isGroup=false"
  expect 200
  as_root GET "$ADMIN/user-info?accessKey=$MINIO_APP_ACCESS_KEY"
  while answered '"memberOf":["'; do
    group=${answer#*'"memberOf":["'}
    group=${group%%'"]'*}
    group=${group%%'","'*}
    as_root PUT "$ADMIN/update-group-members" \
      --data '{"group":"'"$group"'","members":["'"$MINIO_APP_ACCESS_KEY"'"],"isRemove":true}'
    expect 200
    as_root GET "$ADMIN/user-info?accessKey=$MINIO_APP_ACCESS_KEY"
  done
}

client() { GOGC=off timeout 20 "$mc" --quiet "$@" >/dev/null || die "$(basename "$mc") $1 $2 failed, or took more than 20 s"; }

prepare_application_user() {
  if ! policy_is_stored; then
    as_root PUT "$ADMIN/add-canned-policy?name=$POLICY" --data "$(policy)"
    expect 200
  fi
  if ! user_is_ready; then
    set_user_up
    user_is_ready || die "the application user is not ready after it was set up: $(reason)"
  fi
  log "application user $MINIO_APP_ACCESS_KEY is ready"
}

api=$1
mc=$(command -v mcli || command -v mc) || die "the image has neither mcli nor mc"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
check_root
warn_of_other_buckets
make_bucket_private
if [ -n "${MINIO_APP_ACCESS_KEY:-}" ]; then
  prepare_application_user
else
  log "MINIO_APP_ACCESS_KEY is not set: no application user"
fi
