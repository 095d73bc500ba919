//! Disks, arrays and file systems in trouble; interfaces and what they are; what is critical and calm.

use std::time::Duration;

use bellwether_collect::{ALL, HostRoot, SystemCalls};
use bellwether_signal::host::{DeviceHealth, Duplex, InterfaceKind};
use bellwether_sys::filesystem::Space;

use crate::host::Host;

const SECOND: Duration = Duration::from_secs(1);

fn with_space(fixture: &str) -> Host {
    Host::open_with(fixture, ALL, |root| HostRoot {
        calls: SystemCalls { space: |path| Ok(space(path)), ..root.calls },
        ..root
    })
}

/// A file system is as full as a file in it says, half if there is none.
fn space(path: &std::path::Path) -> Space {
    let used = std::fs::read_to_string(path.join("used_percent"));
    let used = used.ok().and_then(|text| text.trim().parse().ok()).unwrap_or(50);
    let free_bytes = 100 - used;
    Space {
        total_bytes: 100,
        free_bytes,
        available_bytes: free_bytes,
        inodes: 0,
        inodes_free: 0,
        read_only: false,
    }
}

#[test]
fn devices_say_what_they_are_and_how_they_do() {
    let mut host = with_space("bare_metal");
    let devices = host.disks().unwrap().devices;
    assert!(devices.values().all(|one| one.health == Some(DeviceHealth::Good)));
    assert_eq!((&devices["sda"].trouble, &devices["sda"].array), (&None, &None));
    host.plant(
        "sys/block/dm-0/queue:\n  rotational: 1\nsys/block/nvme0n1:\n  device/model: Samsung SSD 980 PRO 1TB\n  device/state: dead\n  queue/rotational: 0\n\
         sys/block/sda:\n  device/model: WDC WD40EFRX-68N\n  device/state: running\n  queue/rotational: 1\n  \
         device/ioerr_cnt: 0x1a\n  device/iotmo_cnt: 0x2\n\
         sys/block/sdb:\n  device/state: transport-offline\n\
         sys/block/md0/md:\n  level: raid5\n  raid_disks: 3\n  degraded: 1\n  array_state: clean\n  \
         sync_action: recover\n  sync_completed: 250 / 1000\n",
    );
    host.round_after(10 * SECOND);
    let devices = host.disks().unwrap().devices;
    let flash = &devices["nvme0n1"];
    assert_eq!(flash.health, Some(DeviceHealth::Failed));
    assert_eq!(flash.trouble.as_deref(), Some("the controller gave it up"));
    assert_eq!(flash.rotational, Some(false));
    assert_eq!(devices["dm-0"].rotational, None, "nobody knows");
    let disk = &devices["sda"];
    assert_eq!((disk.health, disk.rotational), (Some(DeviceHealth::Good), Some(true)));
    assert_eq!((disk.io_errors, disk.timeouts), (Some(26.0), Some(2.0)));
    assert_eq!(disk.model.as_deref(), Some("WDC WD40EFRX-68N"));
    assert_eq!(devices["sdb"].trouble.as_deref(), Some("taken offline after errors"));
    let raid = &devices["md0"];
    assert_eq!(raid.health, Some(DeviceHealth::Degraded));
    assert_eq!(raid.trouble.as_deref(), Some("1 of 3 disks missing"));
    let array = raid.array.as_ref().unwrap();
    assert_eq!((array.level.as_str(), array.action.as_deref()), ("raid5", Some("recover")));
    assert_eq!((array.done_percent, array.disks, array.missing), (Some(25.0), 3.0, 1.0));

    host.plant("sys/block/md0/md:\n  degraded: 0\n  sync_action: idle\n  sync_completed: none\n");
    host.round_after(10 * SECOND);
    let raid = host.disks().unwrap().devices["md0"].clone();
    let array = raid.array.unwrap();
    assert_eq!((raid.health, raid.trouble), (Some(DeviceHealth::Good), None));
    assert_eq!((array.action, array.done_percent), (None, None));
}

#[test]
fn file_systems_count_their_errors_and_say_when_one_made_them_read_only() {
    let mut host = with_space("virtual_machine");
    host.plant(
        "mnt/data/.keep:\nmnt/pool/.keep:\nsys/dev/block:\n  253:7 -> ../../devices/virtual/block/dm-7\n\
         sys/fs/ext4/dm-7:\n  errors_count: 3\n  last_error_time: 1767225000\n\
         sys/fs/btrfs/0f1e2d3c:\n  devices/sdc1: x\n  \
         devinfo/1/error_stats: write_errs 1\\nread_errs 2\\nflush_errs 0\\ncorruption_errs 4\\ngeneration_errs 0\n  \
         devinfo/2/error_stats: write_errs 0\\nread_errs 0\\nflush_errs 0\\ncorruption_errs 1\\ngeneration_errs 0\n",
    );
    host.write(
        "proc/self/mountinfo",
        "36 1 253:7 / /mnt/data rw,relatime shared:1 - ext4 /dev/mapper/vg-data ro,errors=remount-ro\n\
         37 1 0:44 / /mnt/pool rw,relatime shared:2 - btrfs /dev/sdc1 rw,space_cache=v2\n",
    );
    host.round_after(10 * SECOND);
    let found = host.disks().unwrap().filesystems;
    let data = &found["/mnt/data"];
    assert_eq!((data.turned_read_only, data.errors), (Some(true), Some(3.0)));
    assert_eq!(data.last_error_at_ms, Some(1_767_225_000_000));
    let pool = &found["/mnt/pool"];
    assert_eq!(
        (pool.turned_read_only, pool.errors, pool.last_error_at_ms),
        (None, Some(8.0), None)
    );
}

#[test]
fn interfaces_say_what_they_are() {
    let mut host = Host::open("bare_metal");
    host.plant(
        "sys/class/net/eno1:\n  type: 1\n  device/vendor: 0x8086\n  duplex: full\n  mtu: 9000\n  carrier_changes: 7\n\
         sys/class/net/eno2:\n  type: 1\n  device/vendor: 0x8086\n  duplex: unknown\n\
         sys/class/net/bond0:\n  type: 1\n  uevent: DEVTYPE=bond\\nINTERFACE=bond0\n\
         sys/class/net/wg0:\n  type: 65534\n  uevent: DEVTYPE=wireguard\\nINTERFACE=wg0\n",
    );
    let dev = host.read("proc/net/dev");
    let more: String = ["wlp3s0", "br0", "veth1a", "tun0", "eno1.5", "dummy0", "ppp0", "can0"]
        .map(|name| format!("{name}: 1 1 0 0 0 0 0 0 1 1 0 0 0 0 0 0\n"))
        .concat();
    host.write("proc/net/dev", dev + &more);
    host.plant(
        "sys/class/net/wlp3s0:\n  type: 1\n  device/vendor: 1\n  uevent: DEVTYPE=wlan\n\
         sys/class/net/br0:\n  type: 1\n  bridge/bridge_id: 8000\n  ifindex: 5\n  iflink: 5\n\
         sys/class/net/veth1a:\n  type: 1\n  ifindex: 6\n  iflink: 2\n\
         sys/class/net/tun0:\n  type: 65534\n  tun_flags: 0x1001\n\
         sys/class/net/eno1.5:\n  type: 1\n  uevent: DEVTYPE=vlan\n  ifindex: 7\n  iflink: 2\n\
         sys/class/net/dummy0:\n  type: 1\n  ifindex: 8\n  iflink: 8\n\
         sys/class/net/ppp0:\n  type: 512\nsys/class/net/can0:\n  type: 280\n",
    );
    host.round_after(10 * SECOND);
    let all = host.network().unwrap().interfaces;
    let check = |name: &str, kind: InterfaceKind| assert_eq!(all[name].kind, Some(kind), "{name}");
    check("eno1", InterfaceKind::Ethernet);
    check("bond0", InterfaceKind::Bond);
    check("wg0", InterfaceKind::Tunnel);
    check("wlp3s0", InterfaceKind::Wifi);
    check("br0", InterfaceKind::Bridge);
    check("veth1a", InterfaceKind::Veth);
    check("tun0", InterfaceKind::Tunnel);
    check("eno1.5", InterfaceKind::Vlan);
    check("dummy0", InterfaceKind::Virtual);
    check("ppp0", InterfaceKind::Tunnel);
    check("can0", InterfaceKind::Other);
    let cable = &all["eno1"];
    assert_eq!((cable.duplex, cable.mtu_bytes), (Some(Duplex::Full), Some(9_000.0)));
    assert_eq!((cable.carrier_changes, all["eno2"].duplex), (Some(7.0), None));
}

/// Rounds of a second each in which a topic was told, and whether the plan said so.
fn told(host: &mut Host, topic: &str, seconds: usize) -> usize {
    let mut told = 0;
    for _ in 0..seconds {
        host.round_after(SECOND);
        told += usize::from(host.interval_ms(topic).is_some());
    }
    told
}

/// What is promised now: the newest summary's word.
fn promised(host: &mut Host, topic: &str) -> u32 {
    host.promote(&["summary"]);
    host.round_after(SECOND);
    host.promote(&[]);
    host.summary().expect("it was asked for").intervals_ms[topic]
}

#[test]
fn heat_is_told_every_second_until_it_is_clearly_over() {
    let mut host = Host::open("hot_server");
    let heat = |host: &Host, millidegrees: u32| {
        let file = "sys/devices/platform/coretemp.0/hwmon/hwmon3/temp1_input";
        host.write(file, format!("{millidegrees}\n"));
    };
    told(&mut host, "sensors", 3);
    assert_eq!(promised(&mut host, "sensors"), 2_000);
    assert_eq!(told(&mut host, "sensors", 10), 5);
    heat(&host, 80_500);
    told(&mut host, "sensors", 3);
    assert_eq!(promised(&mut host, "sensors"), 1_000);
    // It swings around its limit for a minute.
    for second in 0..60 {
        heat(&host, if second % 2 == 0 { 79_500 } else { 80_500 });
        assert_eq!(told(&mut host, "sensors", 1), 1, "second {second}");
    }
    heat(&host, 76_000);
    told(&mut host, "sensors", 12);
    assert_eq!(told(&mut host, "sensors", 20), 10);
    assert_eq!(promised(&mut host, "sensors"), 2_000);
    // A disk's maker calls 65 degrees critical.
    host.write(
        "sys/devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/hwmon/hwmon0/temp1_input",
        "66000\n",
    );
    told(&mut host, "sensors", 62);
    assert_eq!(told(&mut host, "sensors", 10), 10);
}

#[test]
fn memory_space_and_pressure_are_told_every_second_while_they_are_short() {
    let mut host = with_space("bare_metal");
    told(&mut host, "memory", 10);
    let calm = ["memory", "disks", "pressure"].map(|topic| told(&mut host, topic, 20));
    assert_eq!(calm, [4, 2, 10]);

    let (meminfo, pressure) = (host.read("proc/meminfo"), host.read("proc/pressure/memory"));
    host.write("proc/meminfo", "MemTotal: 1000 kB\nMemAvailable: 90 kB\n");
    host.write("proc/pressure/memory", "some avg10=12.00 avg60=0.50 avg300=0.00 total=7\n");
    host.write("srv/big data/used_percent", "96");
    told(&mut host, "memory", 12);
    let short = ["memory", "disks", "pressure"].map(|topic| told(&mut host, topic, 20));
    assert_eq!(short, [20, 20, 20]);
    assert_eq!(promised(&mut host, "disks"), 1_000);

    host.write("proc/meminfo", meminfo);
    host.write("proc/pressure/memory", pressure);
    host.write("srv/big data/used_percent", "93");
    told(&mut host, "memory", 12);
    let calm = ["memory", "disks", "pressure"].map(|topic| told(&mut host, topic, 20));
    assert_eq!(calm, [4, 2, 10]);
    assert_eq!(promised(&mut host, "disks"), 10_000);
}
