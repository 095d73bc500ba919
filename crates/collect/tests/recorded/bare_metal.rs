//! A server: eight cores, a flash disk below LVM, two disks in a RAID, two links in a bond. `later` is two
//! seconds after `first`, and every figure below was worked out by hand from the two.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use bellwether_collect::{ALL, Clock, HostRoot, Rounds, SystemCalls};
use bellwether_signal::{Moment, host::ProcessState};
use bellwether_sys::{filesystem::Space, interfaces::Address};

use crate::host::{Host, WALL};

const SECOND: Duration = Duration::from_secs(1);

fn server() -> Host {
    Host::open_with("bare_metal", ALL, |root| HostRoot {
        name: "server-1".to_owned(),
        calls: SystemCalls {
            space: |path| Ok(space(path)),
            addresses: || {
                let bond = [Ipv6Addr::LOCALHOST.into(), Ipv4Addr::new(192, 0, 2, 7).into()];
                Ok(bond.map(|ip| address("bond0", ip)).to_vec())
            },
            ..root.calls
        },
        ..root
    })
}

fn space(path: &Path) -> Space {
    let waits = path.ends_with("nas") || path.ends_with("phone");
    assert!(!waits, "{} could wait for ever", path.display());
    let total_bytes = if path.ends_with("efi") { 500_000_000 } else { 1_000_000_000_000 };
    Space {
        total_bytes,
        free_bytes: total_bytes / 2,
        available_bytes: total_bytes / 4,
        inodes: 1_000,
        inodes_free: 900,
        read_only: path.ends_with("boot"),
    }
}

fn address(interface: &str, ip: IpAddr) -> Address {
    Address { interface: interface.to_owned(), ip, prefix_bits: 24 }
}

fn two_seconds_later() -> Host {
    let mut host = server();
    host.change_to_later();
    host.round_after(2 * SECOND);
    host
}

#[test]
fn the_first_round_tells_what_needs_no_second() {
    let host = server();
    let cpu = host.cpu().unwrap();
    assert_eq!((cpu.total_percent, cpu.modes, cpu.forks_per_second), (None, None, None));
    assert_eq!((cpu.load_1m, cpu.load_15m), (Some(1.25), Some(0.42)));
    assert_eq!((cpu.runnable, cpu.blocked, cpu.cores.len()), (Some(3), Some(1), 8));
    assert_eq!(host.memory().unwrap().used_percent, Some(25.0));
    assert_eq!(host.pressure().unwrap().io.map(|io| io.some_10s_percent), Some(2.5));
    assert_eq!(host.disks().unwrap().filesystems.len(), 4);
    assert_eq!(host.process("1:3").cpu_percent, None);
    assert!(host.batch.events.is_empty());
    assert_eq!(host.batch.at.wall, WALL);
}

#[test]
fn processors() {
    let cpu = two_seconds_later().cpu().unwrap();
    assert_eq!(cpu.total_percent, Some(31.3));
    let modes = cpu.modes.unwrap();
    assert_eq!((modes.user_percent, modes.system_percent), (25.0, 6.3));
    assert_eq!((modes.iowait_percent, modes.idle_percent, modes.nice_percent), (2.5, 66.3, 0.0));
    let busy: Vec<_> = cpu.cores.values().map(|core| core.busy_percent.unwrap()).collect();
    assert_eq!(busy, [100.0, 0.0, 50.0, 50.0, 50.0, 0.0, 0.0, 0.0]);
    assert_eq!(cpu.cores["3"].frequency_mhz, Some(2_700.0));
    assert_eq!((cpu.frequency_mhz, cpu.frequency_max_mhz), (Some(2_750.0), Some(5_100.0)));
    assert_eq!(cpu.switches_per_second, Some(10_000.0));
    assert_eq!((cpu.interrupts_per_second, cpu.forks_per_second), (Some(4_000.0), Some(5.0)));
}

#[test]
fn memory() {
    let memory = two_seconds_later().memory().unwrap();
    assert_eq!(memory.used_percent, Some(26.6));
    assert_eq!(memory.dirty_bytes, Some(4_194_304.0));
    assert_eq!(
        (memory.swap_used_percent, memory.swap_used_bytes),
        (Some(25.0), Some(2_147_483_648.0))
    );
    assert_eq!(memory.swap_in_bytes_per_second, Some(102_400.0));
    assert_eq!(memory.swap_out_bytes_per_second, Some(0.0));
    assert_eq!((memory.major_faults_per_second, memory.oom_kills), (Some(20.0), Some(1.0)));
}

#[test]
fn block_devices() {
    let devices = two_seconds_later().disks().unwrap().devices;
    let names: Vec<_> = devices.keys().map(String::as_str).collect();
    assert_eq!(names, ["dm-0", "dm-1", "md0", "nvme0n1", "sda", "sdb"]);
    let nvme = &devices["nvme0n1"];
    assert_eq!(nvme.size_bytes, Some(1_000_204_886_016.0));
    assert_eq!(nvme.read_bytes_per_second, Some(1_638_400.0));
    assert_eq!(nvme.written_bytes_per_second, Some(6_553_600.0));
    assert_eq!((nvme.reads_per_second, nvme.writes_per_second), (Some(100.0), Some(200.0)));
    assert_eq!((nvme.read_latency_ms, nvme.write_latency_ms), (Some(0.5), Some(2.0)));
    assert_eq!((nvme.busy_percent, nvme.queue_length), (Some(25.0), Some(0.45)));
    let idle = &devices["dm-1"];
    assert_eq!((idle.reads_per_second, idle.read_latency_ms), (Some(0.0), None));
    assert_eq!(devices["sda"].write_latency_ms, Some(20.0));
}

#[test]
fn file_systems() {
    let found = server().disks().unwrap().filesystems;
    let points: Vec<_> = found.keys().map(String::as_str).collect();
    assert_eq!(points, ["/", "/boot", "/boot/efi", "/srv/big data"]);
    let data = &found["/srv/big data"];
    assert_eq!((data.kind.as_str(), data.device.as_str()), ("xfs", "/dev/md0"));
    assert_eq!((data.used_percent, data.inodes_used_percent), (66.7, Some(10.0)));
    assert!(found["/boot"].read_only && !data.read_only);
}

#[test]
fn interfaces_and_tcp() {
    let network = two_seconds_later().network().unwrap();
    let names: Vec<_> = network.interfaces.keys().map(String::as_str).collect();
    assert_eq!(names, ["bond0", "eno1", "eno2", "wg0"]);
    let bond = &network.interfaces["bond0"];
    assert_eq!((bond.up, bond.link_megabits_per_second), (Some(true), Some(10_000.0)));
    assert_eq!(bond.addresses, ["192.0.2.7", "::1"]);
    assert_eq!(bond.received_bytes_per_second, Some(125_000.0));
    assert_eq!(bond.sent_packets_per_second, Some(200.0));
    assert_eq!((bond.errors_per_second, bond.drops_per_second), (Some(1.0), Some(2.0)));
    assert_eq!(Some(bond.received_bytes), Some(1_750_000.0));
    let unplugged = &network.interfaces["eno2"];
    assert_eq!((unplugged.up, unplugged.link_megabits_per_second), (Some(false), None));
    let tunnel = &network.interfaces["wg0"];
    assert_eq!((tunnel.up, tunnel.received_bytes_per_second), (Some(true), Some(0.0)));
    let tcp = network.tcp.unwrap();
    assert_eq!((tcp.opened_per_second, tcp.retransmits_per_second), (Some(2.0), Some(3.0)));
    assert_eq!(Some(tcp.established), Some(13.0));
}

#[test]
fn pressure() {
    let pressure = two_seconds_later().pressure().unwrap();
    let (cpu, memory, io) = (pressure.cpu.unwrap(), pressure.memory.unwrap(), pressure.io.unwrap());
    assert_eq!(
        (cpu.some_percent, cpu.full_percent, cpu.full_10s_percent),
        (Some(12.5), None, None)
    );
    assert_eq!((memory.some_percent, memory.full_percent), (Some(0.0), Some(0.0)));
    assert_eq!((io.some_percent, io.full_percent), (Some(5.0), Some(2.5)));
    assert_eq!((io.some_10s_percent, io.full_60s_percent), (5.0, Some(1.2)));
}

#[test]
fn summary() {
    let mut host = server();
    let summary = host.summary().unwrap();
    assert_eq!(summary.name, "server-1");
    assert_eq!(summary.os.as_deref(), Some("Debian GNU/Linux 12 (bookworm)"));
    assert_eq!(summary.cpu_model.as_deref(), Some("Intel(R) Xeon(R) E-2388G CPU @ 3.20GHz"));
    assert_eq!((summary.cores, summary.kernel.as_deref()), (Some(8), Some("6.1.0-recorded")));
    assert_eq!(summary.booted_at_ms, Some(WALL.0 - 100_000_000));
    let intervals: Vec<_> =
        summary.intervals_ms.iter().map(|(topic, ms)| (topic.as_str(), *ms)).collect();
    let expected = [
        ("commands", 10_000),
        ("cpu", 2_000),
        ("disks", 10_000),
        ("memory", 5_000),
        ("network", 10_000),
        ("pressure", 2_000),
        ("processes", 2_000),
        ("summary", 10_000),
        ("users", 10_000),
    ];
    assert_eq!(intervals, expected);
    assert_eq!(host.interval_ms("memory"), Some(5_000));

    // Somebody looks at the disks: that, and that they speak more often now, is told at once.
    host.round_after(SECOND);
    host.promote(&["disks"]);
    host.round_after(SECOND);
    assert_eq!(host.interval_ms("disks"), Some(1_000));
    assert_eq!(host.summary().unwrap().intervals_ms["disks"], 1_000);
    host.round_after(SECOND);
    assert_eq!((host.summary(), host.interval_ms("disks")), (None, Some(1_000)));
}

#[test]
fn headlines() {
    let mut host = server();
    assert_eq!(host.summary().unwrap().cpu_percent, None, "no rate yet");
    host.change_to_later();
    host.round_after(2 * SECOND);
    let summary = host.summary().unwrap();
    assert_eq!((summary.cpu_percent, summary.memory_percent), (Some(31.3), Some(26.6)));
    assert_eq!((summary.fullest_disk_percent, summary.charge_percent), (Some(66.7), None));
    let busiest = summary.busiest.unwrap();
    assert_eq!((busiest.name.as_str(), busiest.pid, busiest.cpu_percent), ("java", 1_200, 150.0));

    // What fails has no figure; what is told seldom keeps its last one.
    host.write("proc/meminfo", "");
    host.round_after(10 * SECOND);
    let summary = host.summary().unwrap();
    assert_eq!((summary.memory_percent, summary.fullest_disk_percent), (None, Some(66.7)));
}

#[test]
fn processes() {
    let mut host = server();
    let commands = host.commands().unwrap().commands;
    assert_eq!(commands["1:3"], "/sbin/init splash");
    assert_eq!(commands["901:5100"], "postgres: app main 10.0.0.7(51234) SELECT");
    assert_eq!(
        commands["1200:9000"],
        "java -Xmx8g -Ddb.password=*** -jar /opt/app/app.jar --url=jdbc:postgresql://app:***@db/main"
    );
    assert_eq!(
        commands.len(),
        4,
        "neither threads of the kernel nor the blocked process: {commands:?}"
    );

    host.change_to_later();
    host.round_after(2 * SECOND);
    let all = host.processes().unwrap();
    assert_eq!((all.total, all.running, all.threads, all.unreadable), (7, 1, 71, 0));
    let query = host.process("901:5100");
    assert_eq!((query.cpu_percent, query.state), (Some(75.0), ProcessState::Running));
    assert_eq!(query.read_bytes_per_second, Some(204_800.0));
    assert_eq!(query.written_bytes_per_second, Some(409_600.0));
    assert_eq!((query.user.as_deref(), query.parent_pid), (Some("postgres"), 900));
    assert_eq!((query.memory_bytes, query.memory_percent), (370_688_000.0, 0.6));
    assert_eq!(query.started_at_ms, WALL.0 - 100_000_000 + 51_000);
    let java = host.process("1200:9000");
    assert_eq!((java.cpu_percent, java.threads), (Some(150.0), 65));
    assert_eq!(java.written_bytes_per_second, Some(10_000.0));
    let worker = host.process("80:90");
    assert_eq!((worker.name.as_str(), worker.kernel), ("kworker/3:1-mm_percpu_wq", true));
    assert_eq!((worker.cpu_percent, worker.state), (Some(0.1), ProcessState::Idle));
    let idle = host.process("900:5000");
    assert_eq!((idle.cpu_percent, idle.read_bytes_per_second), (Some(0.0), Some(0.0)));
}

/// Each look at this clock takes a while, as a long reading does.
struct PassingClock(Mutex<Moment>);

impl Clock for PassingClock {
    fn now(&self) -> Moment {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        now.wall.0 += 40;
        now.monotonic += Duration::from_millis(40);
        *now
    }

    fn thread_cpu_time(&self) -> Duration {
        Duration::ZERO
    }
}

#[test]
fn what_follows_a_long_reading_has_a_time_of_its_own() {
    let start = Moment { monotonic: Duration::from_secs(1_000), wall: WALL };
    let tree = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bare_metal/first");
    let mut rounds = Rounds::new(HostRoot::recorded(&tree), ALL, start);
    let batch = rounds.round(&PassingClock(Mutex::new(start)));
    let lengthy = ["processes", "commands", "users", "sensors", "battery", "cgroups"];
    for publication in &batch.states {
        let name = publication.state.topic_name();
        let since_it_began = publication.at.0 - batch.at.wall.0;
        assert_eq!(since_it_began, if lengthy.contains(&name) { 0 } else { 40 }, "{name}");
    }
    let told = |name| batch.states.iter().any(|one| one.state.topic_name() == name);
    assert!(told("processes") && told("memory"));
}
