#!/usr/bin/env bash
# A throw-away S3 server for development and tests: one node of Ceph (monitor, OSD in memory, RADOS gateway) on loopback.
#
#   deploy/ceph/dev-s3.sh DIR [PORT]    runs until Ctrl-C or TERM; prints "ready http://127.0.0.1:PORT" when it answers
#   kill -TERM <its pid>                stops it; what was stored is forgotten
#
# Needs: apt-get install --no-install-recommends ceph-mon ceph-osd radosgw
# Environment: S3_ACCESS_KEY, S3_SECRET_KEY (defaults below); LIFECYCLE_DAY, how many seconds a day of a lifecycle rule
# lasts (86400); STOP_ON_EOF=1 stops it when its standard input closes, so that it never outlives who started it.
set -euo pipefail

DIR=$(realpath -m "${1:?usage: dev-s3.sh DIR [PORT]}")
PORT=${2:-7480}
MON_PORT=${MON_PORT:-$((PORT + 1000))}
ACCESS_KEY=${S3_ACCESS_KEY:-dev}
SECRET_KEY=${S3_SECRET_KEY:-dev-secret}

for tool in ceph ceph-mon ceph-osd radosgw radosgw-admin monmaptool; do
  command -v "$tool" >/dev/null ||
    { echo "no $tool: apt-get install --no-install-recommends ceph-mon ceph-osd radosgw" >&2; exit 2; }
done

MON=; OSD=; RGW=
finish() {
  # Who started us may be gone, and nobody reads what the shell says of a killed daemon: that must not end this.
  trap '' TERM INT PIPE
  exec >/dev/null 2>&1
  # The gateway first: without an OSD it would wait for ever.
  for pid in $RGW $OSD $MON; do
    kill -TERM "$pid" 2>/dev/null || continue
    for _ in $(seq 20); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null || true
  done
}
trap finish EXIT
trap 'exit 143' TERM
trap 'exit 130' INT
if [ "${STOP_ON_EOF:-}" = 1 ]; then
  { cat >/dev/null; kill -TERM $$ 2>/dev/null; } <&0 &
fi

mkdir -p "$DIR"/{mon,osd,rgw,run,log}
cd "$DIR"
FSID=$(cat /proc/sys/kernel/random/uuid)
ADDRESS="[v2:127.0.0.1:$MON_PORT,v1:127.0.0.1:$((MON_PORT + 1))]"
cat >ceph.conf <<CONF
[global]
fsid = $FSID
mon host = $ADDRESS
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
# loopback only, nothing worth a key
auth cluster required = none
auth service required = none
auth client required = none
# one copy, one placement group a pool: nothing here has to survive, all of it has to start soon
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
# A placement group answers while its lease lasts, 16 s. With one copy nobody looks again at what came after its end: a
# server that stood still for that long answered some questions no more. So a lease ends in two months.
osd pool default read lease ratio = 250000
osd objectstore = memstore
memstore device bytes = 2147483648
mon max pg per osd = 1000
mon data avail crit = 0
mon warn on pool no redundancy = false
admin socket = $DIR/run/\$name.asok
log file = $DIR/log/\$name.log
pid file = $DIR/run/\$name.pid
# a change of the maps is agreed on at once, not gathered with others for a second: starts twice as fast
paxos propose interval = 0.05
paxos min wait = 0.01
[mon.a]
mon data = $DIR/mon
[osd.0]
osd data = $DIR/osd
[client.rgw.a]
# without it the gateway never listens when there is no authentication inside
ms mon client mode = crc
rgw data = $DIR/rgw
rgw frontends = beast endpoint=127.0.0.1:$PORT
rgw thread pool size = 32
rgw lc debug interval = ${LIFECYCLE_DAY:-86400}
CONF
export CEPH_CONF="$DIR/ceph.conf"

monmaptool --create --fsid "$FSID" --addv a "$ADDRESS" monmap >log/setup.log
ceph-mon --mkfs -i a --monmap monmap >>log/setup.log 2>&1
ceph-mon -f -i a >log/mon.out 2>&1 & MON=$!
OSD_ID=$(cat /proc/sys/kernel/random/uuid)
ceph-osd -i 0 --mkfs --osd-uuid "$OSD_ID" >>log/setup.log 2>&1
ceph --connect-timeout 20 osd new "$OSD_ID" >>log/setup.log 2>&1
ceph-osd -f -i 0 >log/osd.out 2>&1 & OSD=$!
ceph --connect-timeout 20 osd crush add osd.0 1.0 root=default host=localhost >>log/setup.log 2>&1
timeout 40 radosgw-admin user create --uid=dev --display-name=dev \
  --access-key="$ACCESS_KEY" --secret-key="$SECRET_KEY" >>log/setup.log 2>&1
radosgw -f -n client.rgw.a >log/rgw.out 2>&1 & RGW=$!

for _ in $(seq 300); do
  kill -0 "$RGW" 2>/dev/null || { echo "the gateway ended: see $DIR/log/rgw.out" >&2; exit 1; }
  if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
    echo "ready http://127.0.0.1:$PORT"
    wait -n "$MON" "$OSD" "$RGW" || true
    echo "one of the daemons ended: see $DIR/log" >&2
    exit 1
  fi
  sleep 0.1
done
echo "the gateway didn't answer within 30 s: see $DIR/log" >&2
exit 1
