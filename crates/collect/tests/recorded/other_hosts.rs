//! A virtual machine whose devices come and go, a container that offers little, and a host that
//! talks nonsense.

use std::time::Duration;

use bellwether_collect::{ALL, HostRoot, SystemCalls};
use bellwether_signal::system::CollectorState;
use bellwether_sys::filesystem::Space;

use crate::host::Host;

const TWO_SECONDS: Duration = Duration::from_secs(2);

#[test]
fn a_virtual_machine_loses_time_to_others_and_has_one_frequency() {
    let mut host = Host::open("virtual_machine");
    host.change_to_later();
    host.round_after(TWO_SECONDS);
    let cpu = host.cpu().unwrap();
    assert_eq!(cpu.modes.map(|modes| modes.steal_percent), Some(30.0));
    assert_eq!((cpu.total_percent, cpu.frequency_mhz), (Some(80.0), Some(2_450.0)));
    assert_eq!(cpu.frequency_max_mhz, None);
    assert_eq!(host.memory().unwrap().swap_total_bytes, None);
}

#[test]
fn devices_and_interfaces_come_go_and_begin_anew() {
    let mut host = Host::open("virtual_machine");
    assert_eq!(host.network().unwrap().interfaces.len(), 2);
    host.change_to_later();
    host.round_after(TWO_SECONDS);

    let devices = host.disks().unwrap().devices;
    assert_eq!(devices.keys().collect::<Vec<_>>(), ["vda", "vdb"]);
    let reset = &devices["vda"];
    assert_eq!((reset.writes_per_second, reset.written_bytes_per_second), (None, None));
    assert_eq!((reset.reads_per_second, reset.write_latency_ms), (Some(0.0), None));
    let new = &devices["vdb"];
    assert_eq!((new.size_bytes, new.reads_per_second), (Some(1_073_741_824.0), None));

    let interfaces = host.network().unwrap().interfaces;
    assert_eq!(interfaces.keys().collect::<Vec<_>>(), ["eth0", "tun0"]);
    let reset = &interfaces["eth0"];
    assert_eq!(reset.received_bytes_per_second, None);
    assert_eq!(reset.sent_bytes_per_second, Some(0.0));
    assert_eq!(interfaces["tun0"].received_bytes_per_second, None);

    // The round after, everybody has a rate again.
    host.round_after(10 * TWO_SECONDS);
    assert_eq!(host.disks().unwrap().devices["vdb"].reads_per_second, Some(0.0));
    let interfaces = host.network().unwrap().interfaces;
    assert_eq!(interfaces["eth0"].received_bytes_per_second, Some(0.0));
}

#[test]
fn a_container_offers_less_and_says_so() {
    let space = |_: &std::path::Path| {
        Ok(Space {
            total_bytes: 1_000,
            free_bytes: 250,
            available_bytes: 250,
            inodes: 0,
            inodes_free: 0,
            read_only: false,
        })
    };
    let mut host = Host::open_with("container", ALL, |root| HostRoot {
        calls: SystemCalls { space, ..root.calls },
        ..root
    });
    assert_eq!(host.status("pressure").state, CollectorState::NotOffered);
    assert_eq!(host.status("disks").state, CollectorState::Working);
    let summary = host.summary().unwrap();
    assert!(!summary.intervals_ms.contains_key("pressure"));
    assert_eq!(summary.os.as_deref(), Some("Alpine Linux v3.22"));
    assert_eq!(summary.cpu_model.as_deref(), Some("Raspberry Pi 5 Model B Rev 1.0"));
    assert_eq!(summary.cores, Some(1));
    let disks = host.disks().unwrap();
    assert!(disks.devices.is_empty());
    assert_eq!(disks.filesystems.keys().collect::<Vec<_>>(), ["/"], "a mounted file is no folder");
    assert_eq!(Some(disks.filesystems["/"].used_percent), Some(75.0));
    let memory = host.memory().unwrap();
    assert_eq!((memory.available_bytes, memory.used_percent), (None, None));
    assert_eq!(memory.oom_kills, None);
    assert_eq!(host.commands().unwrap().commands["1:100"], "/app --token ***");

    host.change_to_later();
    host.round_after(TWO_SECONDS);
    let cpu = host.cpu().unwrap();
    assert_eq!(
        (cpu.total_percent, cpu.frequency_mhz, cpu.frequency_max_mhz),
        (Some(50.0), None, None)
    );
    let app = host.process("1:100");
    assert_eq!((app.cpu_percent, app.user.as_deref()), (Some(50.0), Some("10001")));
    assert_eq!(app.read_bytes_per_second, None, "there is no such file");
    assert_eq!(host.network().unwrap().tcp, None);
}

#[test]
fn nonsense_fails_where_it_stands_and_nowhere_else() {
    let mut host = Host::open("odd");
    for (collector, said) in
        [("memory", "MemTotal"), ("network", "table of interfaces"), ("pressure", "line \"some\"")]
    {
        let status = host.status(collector);
        assert_eq!(status.state, CollectorState::Failing, "{collector}");
        let error = status.error.as_deref().unwrap();
        assert!(error.contains(said), "{collector}: {error}");
    }
    for collector in ["cpu", "disks", "processes", "summary"] {
        let status = host.status(collector);
        assert_eq!((status.state, &status.error), (CollectorState::Working, &None), "{collector}");
    }
    let cpu = host.cpu().unwrap();
    assert!(cpu.cores.is_empty() && cpu.load_1m.is_none() && cpu.runnable.is_none());
    assert_eq!(host.summary().unwrap().os.as_deref(), Some("\u{fffd}[31m\"Red"));
    let devices = host.disks().unwrap().devices;
    assert_eq!(devices.keys().collect::<Vec<_>>(), ["sdb", "s\u{fffd}d"]);

    let all = host.processes().unwrap();
    assert_eq!((all.total, all.unreadable), (4, 2));
    let unkind = host.process("7:18446744073709551615");
    assert_eq!(unkind.name, "a) R 1 (b\u{fffd}[2J");
    let commands = host.commands().unwrap().commands;
    assert_eq!(commands.values().collect::<Vec<_>>(), ["x\u{fffd}]0;owned\u{fffd} --password ***"]);

    // Rates over counters at their limits are rates or nothing.
    host.round_after(TWO_SECONDS);
    assert_eq!(host.cpu().unwrap().total_percent, None);
    assert_eq!(host.disks().unwrap().devices["sdb"].reads_per_second, Some(0.0));
}
