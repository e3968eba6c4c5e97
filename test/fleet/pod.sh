#!/bin/sh
# One test host: a file system of its own over this machine's (an overlay that is gone with it), its own processes and
# name, and an sshd on a port of 127.0.0.1. Needs root. The users: deploy (sudo without a password), ops (sudo with
# one), guest (no sudo). Ends when its parent does.
# usage: pod.sh DIRECTORY NAME PORT      DIRECTORY holds host_key, user_key.pub and ops_password
set -eu
PATH=$PATH:/usr/sbin:/sbin

enter() { # inside the new namespaces: mount, fill, serve
  dir=$1 name=$2 port=$3
  mount --make-rprivate /
  mount -t tmpfs -o mode=755 tmpfs "$dir/pod"
  mkdir "$dir/pod/upper" "$dir/pod/work" "$dir/pod/root"
  mount -t overlay overlay -o "lowerdir=/,upperdir=$dir/pod/upper,workdir=$dir/pod/work" "$dir/pod/root"
  root=$dir/pod/root
  fill "$root"
  hostname "$name"
  printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$name" > "$root/etc/hosts"
  printf '%s\n' "$name" > "$root/etc/hostname"
  add_users "$dir" "$root"
  configure_sshd "$dir" "$port" > "$root/etc/ssh/pod_config"
  cp "$dir/host_key" "$root/etc/ssh/pod_key"
  chmod 600 "$root/etc/ssh/pod_key"
  # All but this shell may be killed at once, which is a reboot as seen from outside.
  while :; do
    chroot "$root" /usr/sbin/sshd -D -f /etc/ssh/pod_config -E /var/log/sshd.log || sleep 1
  done
}

fill() { # devices, /proc, /run and empty temporary directories
  mount -t proc proc "$1/proc"
  mount -t tmpfs -o mode=755 tmpfs "$1/dev"
  mkdir "$1/dev/pts" "$1/dev/shm"
  for device in null:3 zero:5 full:7 random:8 urandom:9; do mknod -m 666 "$1/dev/${device%:*}" c 1 "${device#*:}"; done
  mknod -m 666 "$1/dev/tty" c 5 0
  ln -s /proc/self/fd "$1/dev/fd"
  ln -s fd/0 "$1/dev/stdin"; ln -s fd/1 "$1/dev/stdout"; ln -s fd/2 "$1/dev/stderr"
  mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$1/dev/pts"
  ln -s pts/ptmx "$1/dev/ptmx"
  mount -t tmpfs -o mode=1777 tmpfs "$1/dev/shm"
  mount -t tmpfs -o mode=755 tmpfs "$1/run"
  mkdir -p "$1/run/sshd" "$1/run/lock"
  mount -t tmpfs -o mode=1777 tmpfs "$1/tmp"
  mount -t tmpfs -o mode=1777 tmpfs "$1/var/tmp"
  mount --rbind /sys "$1/sys"
}

add_users() {
  for user in deploy ops guest; do
    chroot "$2" useradd --create-home --home-dir "/home/$user" --shell /bin/sh "$user"
    mkdir -m 700 "$2/home/$user/.ssh"
    cp "$1/user_key.pub" "$2/home/$user/.ssh/authorized_keys"
    chroot "$2" chown -R "$user:" "/home/$user/.ssh"
    printf '%s:%s\n' "$user" "$(cat "$1/ops_password")" | chroot "$2" chpasswd
  done
  mkdir -p -m 700 "$2/root/.ssh"
  cp "$1/user_key.pub" "$2/root/.ssh/authorized_keys"
  printf 'deploy ALL=(ALL) NOPASSWD: ALL\nops ALL=(ALL) ALL\n' > "$2/etc/sudoers.d/pod"
  chmod 440 "$2/etc/sudoers.d/pod"
}

configure_sshd() {
  cat <<CONFIG
ListenAddress 127.0.0.1
Port $2
HostKey /etc/ssh/pod_key
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
StrictModes no
PidFile none
MaxStartups 100:30:200
MaxSessions 50
Subsystem sftp internal-sftp
CONFIG
}

if [ "${1:-}" = inside ]; then
  shift
  enter "$@"
else
  # The first word ends this host with the process that started it, even when that one is killed.
  exec setpriv --pdeathsig KILL unshare --mount --pid --fork --uts --ipc --kill-child "$0" inside "$@"
fi
