#!/bin/bash
# PID 1 of the node, in namespaces of its own: init.sh DIRECTORY HOSTNAME NODE_ADDRESS HOST_ADDRESS
#
# Gives the node its own /var/lib, /var/log and /run, waits for its end of the link, and keeps the
# daemons running: one program per file in DIRECTORY/daemons, started again 1 s after its end.
# When this process dies the kernel kills everything else in the node and takes the mounts back.
# bash collects the children of dead processes, as PID 1 has to.
set -eu
directory=$1 hostname=$2 node_address=$3 host_address=$4

hostname "$hostname"
# Mounts of pods have to reach the kubelet and the containers, and never the host: this is a new
# peer group, since unshare made all mounts private.
mount --make-rshared /
mount --bind "$directory/var/lib" /var/lib
mount --bind "$directory/var/log" /var/log
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/lock /run/containerd /var/lib/kubelet
mkdir -p -m 700 /var/lib/etcd

# The kubelet writes these sysctls, which belong to the whole machine, unless they have the values it
# expects. It is shown files that do.
for setting in vm/overcommit_memory=1 kernel/panic=10 kernel/panic_on_oops=1; do
  file=/run/sysctl-$(basename "${setting%=*}")
  echo "${setting#*=}" > "$file"
  mount --bind "$file" "/proc/sys/${setting%=*}"
done

# Whoever started us makes the link. If he was killed, nobody will: end, and leave nothing.
for attempt in {1..500}; do
  ip link show eth0 > /dev/null 2>&1 && break
  sleep 0.02
done
ip link set lo up
ip address add "$node_address/30" dev eth0
ip link set eth0 up
ip route add default via "$host_address"
echo 1 > /proc/sys/net/ipv4/ip_forward
ulimit -n 1048576 2> /dev/null || ulimit -n "$(ulimit -Hn)"

supervise() {
  local name=$1
  while :; do
    "$directory/daemons/$name" >> "$directory/log/$name.log" 2>&1 &
    echo $! > "$directory/pids/$name"
    local code=0
    wait $! || code=$?
    echo "--- $name ended with code $code at $(date --iso-8601=seconds)" >> "$directory/log/$name.log"
    sleep 1
  done
}

for file in "$directory"/daemons/*; do
  supervise "$(basename "$file")" &
done
wait
