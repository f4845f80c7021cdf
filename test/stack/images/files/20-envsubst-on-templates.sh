#!/bin/sh
# Renders /etc/nginx/templates/*.template into /etc/nginx/conf.d, replacing the names that are in the environment and
# that NGINX_ENVSUBST_FILTER, an awk regular expression, matches.
set -eu

names=$(awk 'BEGIN { for (name in ENVIRON) if (name ~ ENVIRON["NGINX_ENVSUBST_FILTER"]) printf "${%s} ", name }')
for template in /etc/nginx/templates/*.template; do
  [ -e "$template" ] || continue
  name=${template##*/}
  envsubst "$names" <"$template" >"/etc/nginx/conf.d/${name%.template}"
done
