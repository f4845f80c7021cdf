#!/bin/sh
# With NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE, as many workers as the container has CPUs, rounded up.
set -eu

[ -n "${NGINX_ENTRYPOINT_WORKER_PROCESSES_AUTOTUNE:-}" ] || exit 0
touch /etc/nginx/nginx.conf 2>/dev/null || {
  echo "tune-worker-processes: error: can not modify /etc/nginx/nginx.conf (read-only file system?)" >&2
  exit 0
}

workers=$(nproc)
quota=-1
period=100000
if [ -r /sys/fs/cgroup/cpu.max ]; then
  read -r quota period </sys/fs/cgroup/cpu.max
elif [ -r /sys/fs/cgroup/cpu/cpu.cfs_quota_us ]; then
  read -r quota </sys/fs/cgroup/cpu/cpu.cfs_quota_us
  read -r period </sys/fs/cgroup/cpu/cpu.cfs_period_us
fi
case $quota in
  *[!0-9]*) ;;
  *)
    allowed=$(((quota + period - 1) / period))
    [ "$allowed" -ge "$workers" ] || workers=$allowed
    ;;
esac
sed -i "s/^worker_processes .*/worker_processes $workers;/" /etc/nginx/nginx.conf
