//! Control groups of both interfaces, and users.

use std::time::Duration;

use bellwether_collect::{ALL, HostRoot, SystemCalls};
use bellwether_signal::{
    host::{Cgroup, CgroupKind, Cgroups, Hierarchy},
    system::CollectorState,
};

use crate::host::Host;

const SECOND: Duration = Duration::from_secs(1);
const POD: &str = "kubepods.slice/kubepods-burstable.slice/\
    kubepods-burstable-pod0f1e2d3c_4b5a_6978_8796_a5b4c3d2e1f0.slice";

fn named<'a>(groups: &'a Cgroups, name: &str) -> &'a Cgroup {
    let mut found = groups.groups.values().filter(|group| group.name == name);
    found.next().unwrap_or_else(|| panic!("no {name} in {:?}", groups.groups.keys()))
}

#[test]
fn one_tree_tells_everything() {
    let mut host = Host::open("containers_v2");
    let groups = host.cgroups().unwrap();
    assert_eq!((groups.hierarchy, groups.total, groups.containers), (Hierarchy::V2, 17, Some(2)));
    assert_eq!(named(&groups, "db").cpu_percent, None, "no rate yet");
    assert_eq!(host.interval_ms("cgroups"), Some(5_000));

    host.change_to_later();
    host.round_after(5 * SECOND);
    let groups = host.cgroups().unwrap();
    let db = &groups.groups["system.slice/db.service"];
    assert_eq!((db.kind, db.name.as_str()), (CgroupKind::Service, "db"));
    assert_eq!((db.cpu_percent, db.cpu_limit_percent), (Some(150.0), None));
    assert_eq!(db.working_set_bytes, Some(3_000_000_000.0));
    assert_eq!(
        db.read_bytes_per_second,
        Some(1_000_000.0),
        "once, though a volume lies on the disk"
    );
    assert_eq!(db.written_bytes_per_second, Some(100_000.0));
    assert_eq!((db.cpu_pressure_percent, db.io_pressure_percent), (Some(10.0), Some(50.0)));
    assert_eq!((db.memory_limit_bytes, db.memory_percent, db.tasks_limit), (None, None, None));

    let app = named(&groups, "app");
    assert_eq!((app.kind, app.runtime.as_deref()), (CgroupKind::Container, Some("containerd")));
    assert_eq!(app.container_id.as_deref(), Some("a1".repeat(32).as_str()));
    assert_eq!(app.pod.as_deref(), Some("web-7d9c"));
    assert_eq!((app.cpu_percent, app.cpu_limit_percent), (Some(50.0), Some(50.0)));
    assert_eq!(app.throttled_percent, Some(40.0));
    assert_eq!(app.memory_percent, Some(37.5));
    assert_eq!((app.tasks, app.tasks_limit), (Some(12.0), Some(512.0)));
    assert_eq!((app.oom_kills, app.swap_bytes), (Some(2.0), Some(4_096.0)));
    let pod = &groups.groups[POD];
    let uid = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
    assert_eq!((pod.kind, pod.pod.as_deref()), (CgroupKind::Slice, Some(uid)));

    let notes = named(&groups, "notes");
    assert_eq!((notes.kind, notes.runtime.as_deref()), (CgroupKind::Container, Some("podman")));
    assert!(!groups.groups.keys().any(|path| path.contains(".scope/")), "its inside is its own");
    assert_eq!(named(&groups, "build-box").kind, CgroupKind::Machine);
    assert_eq!(named(&groups, "session-3").kind, CgroupKind::Scope);
    let idle = named(&groups, "ssh");
    assert_eq!((idle.cpu_percent, idle.memory_bytes), (Some(0.0), Some(8_000_000.0)));
}

#[test]
fn a_group_that_ends_is_gone_and_a_new_one_is_found() {
    let mut host = Host::open("containers_v2");
    host.remove("sys/fs/cgroup/system.slice/ssh.service");
    host.plant(
        "sys/fs/cgroup/system.slice/new.service:\n  cpu.stat: usage_usec 5\n  memory.current: 7\n",
    );
    host.round_after(10 * SECOND);
    let groups = host.cgroups().unwrap().groups;
    assert!(!groups.contains_key("system.slice/ssh.service"));
    let new = &groups["system.slice/new.service"];
    assert_eq!((new.cpu_percent, new.memory_bytes, new.tasks), (None, Some(7.0), None));
    assert_eq!(host.status("cgroups").failures, 0);
}

#[test]
fn counters_of_a_group_that_begin_anew_have_no_rate() {
    let mut host = Host::open("containers_v2");
    host.write("sys/fs/cgroup/system.slice/db.service/cpu.stat", "usage_usec 10\n");
    host.round_after(5 * SECOND);
    let groups = host.cgroups().unwrap();
    assert_eq!(named(&groups, "db").cpu_percent, None);
    host.round_after(5 * SECOND);
    assert_eq!(named(&host.cgroups().unwrap(), "db").cpu_percent, Some(0.0));
}

#[test]
fn a_tree_for_each_controller_is_put_together() {
    let mut host = Host::open("containers_v1");
    host.change_to_later();
    host.round_after(5 * SECOND);
    let groups = host.cgroups().unwrap();
    assert_eq!((groups.hierarchy, groups.total, groups.containers), (Hierarchy::V1, 4, Some(1)));
    let db = named(&groups, "shop-db");
    assert_eq!((db.kind, db.runtime.as_deref()), (CgroupKind::Container, Some("docker")));
    assert_eq!((db.cpu_percent, db.cpu_limit_percent), (Some(100.0), Some(200.0)));
    assert_eq!((db.throttled_percent, db.oom_kills), (Some(10.0), Some(1.0)));
    assert_eq!((db.memory_bytes, db.working_set_bytes), (Some(3e8), Some(1.5e8)));
    assert_eq!((db.memory_percent, db.swap_bytes), (Some(25.0), Some(8_192.0)));
    assert_eq!(
        (db.read_bytes_per_second, db.written_bytes_per_second),
        (Some(10_000.0), Some(0.0))
    );
    assert_eq!((db.tasks, db.tasks_limit, db.io_pressure_percent), (Some(7.0), None, None));
    let cron = named(&groups, "cron");
    assert_eq!((cron.kind, cron.memory_limit_bytes), (CgroupKind::Service, None));
    assert_eq!(cron.cpu_limit_percent, None);
}

#[test]
fn a_hybrid_says_so() {
    let host = Host::open("containers_hybrid");
    let groups = host.cgroups().unwrap();
    assert_eq!((groups.hierarchy, groups.containers), (Hierarchy::Hybrid, Some(2)));
    assert_eq!(named(&groups, "db").runtime.as_deref(), Some("systemd-nspawn"));
    let web = named(&groups, "web");
    assert_eq!((web.runtime.as_deref(), web.memory_bytes), (Some("lxc"), Some(5e7)));
    assert_eq!((web.cpu_percent, web.working_set_bytes), (None, None));
}

#[test]
fn a_host_without_groups_says_so() {
    let host = Host::open("container");
    assert_eq!(host.status("cgroups").state, CollectorState::NotOffered);
}

#[test]
fn many_groups_are_counted_and_the_foremost_are_told() {
    let mut host = Host::open_with("containers_v2", ALL, |root| HostRoot {
        calls: SystemCalls { kept_descriptors: 40, ..root.calls },
        ..root
    });
    let mut listing = String::new();
    for number in 0..2_100 {
        let bytes = number * 1_000;
        let group = format!(
            "sys/fs/cgroup/many.slice/one-{number:04}.service:\n  cpu.stat: usage_usec 5\n  \
             memory.current: {bytes}\n"
        );
        listing.push_str(&group);
    }
    host.plant(&listing);
    host.round_after(10 * SECOND);
    let groups = host.cgroups().unwrap();
    // The new ones, their slice, and those that were there.
    assert_eq!((groups.total, groups.groups.len()), (2_118, 200));
    host.write("sys/fs/cgroup/many.slice/one-0000.service/cpu.stat", "usage_usec 5000005\n");
    host.round_after(5 * SECOND);
    let groups = host.cgroups().unwrap().groups;
    assert_eq!(groups["many.slice/one-0000.service"].cpu_percent, Some(100.0));
    assert!(groups.contains_key("system.slice/db.service"), "the largest stays");
}

#[test]
fn users_have_processes_and_sessions() {
    let mut host = Host::open("bare_metal");
    let users = host.users().unwrap().users;
    assert_eq!(users["postgres"].cpu_percent, None);
    host.plant(
        "run/systemd/sessions:\n  4: UID=0\\nUSER=root\\nSTATE=active\\nCLASS=user\n  \
         5: UID=0\\nUSER=root\\nSTATE=online\\nCLASS=user\n  \
         6: UID=0\\nUSER=root\\nSTATE=closing\\nCLASS=user\n  \
         c1: UID=120\\nUSER=gdm\\nSTATE=active\\nCLASS=greeter\n  \
         7: UID=1000\\nUSER=anna\\nSTATE=active\\nCLASS=user\n",
    );
    host.change_to_later();
    host.round_after(10 * SECOND);
    let users = host.users().unwrap().users;
    // A second and a half of processor time in ten seconds.
    let postgres = &users["postgres"];
    assert_eq!((postgres.processes, postgres.cpu_percent), (2, Some(15.0)));
    assert!(postgres.memory_bytes > 370_688_000.0);
    assert_eq!((users["root"].sessions, users["anna"].sessions), (2, 1));
    assert_eq!((users["anna"].processes, users.contains_key("gdm")), (0, false));
    assert_eq!(host.interval_ms("users"), Some(10_000));
    host.round_after(2 * SECOND);
    assert_eq!(host.users(), None, "told every ten seconds");
}
