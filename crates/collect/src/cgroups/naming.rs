//! What a group is, told by its path: systemd's units, and the names that container runtimes choose.
//! Source: systemd's page "The New Control Group Interfaces", and the runtimes' own cgroup drivers (systemd, cgroupfs).

use bellwether_signal::host::CgroupKind;

use crate::text::clean;

/// Length of a container's id: a SHA-256 in hexadecimal.
const ID_LENGTH: usize = 64;
/// What is shown of an id.
const SHORT_ID: usize = 12;

/// What a group is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Naming {
    pub(super) kind: CgroupKind,
    pub(super) name: String,
    pub(super) runtime: Option<&'static str>,
    pub(super) container_id: Option<String>,
    pub(super) pod: Option<String>,
}

/// Beginnings of containers' scopes and folders, and who chooses them.
const RUNTIMES: [(&str, &str); 6] = [
    ("docker-", "docker"),
    ("libpod-", "podman"),
    ("cri-containerd-", "containerd"),
    ("nerdctl-", "containerd"),
    ("crio-", "crio"),
    ("buildah-", "podman"),
];

/// What the group at a path is.
pub(super) fn of(path: &[u8]) -> Naming {
    let path = String::from_utf8_lossy(path);
    let (parents, last) = path.rsplit_once('/').unwrap_or(("", &path));
    container(parents, last).or_else(|| machine(parents, last)).unwrap_or_else(|| unit(last))
}

fn container(parents: &str, last: &str) -> Option<Naming> {
    let parent = parents.rsplit('/').next().unwrap_or_default();
    let of = |runtime, id: &str| Naming {
        kind: CgroupKind::Container,
        name: id.get(..SHORT_ID).unwrap_or(id).to_owned(),
        runtime,
        container_id: Some(id.to_owned()),
        pod: pod_of(parents),
    };
    let scope = last.strip_suffix(".scope").unwrap_or(last);
    for (prefix, runtime) in RUNTIMES {
        if let Some(id) = scope.strip_prefix(prefix).filter(|id| is_id(id)) {
            return Some(of(Some(runtime), id));
        }
    }
    // `slice:cri-containerd:id`, where the driver is set for systemd and the path is not.
    if let Some(id) = last.rsplit(':').next().filter(|id| last.contains(':') && is_id(id)) {
        let runtime = if last.contains("containerd") { Some("containerd") } else { None };
        return Some(Naming { pod: pod_of(last).or_else(|| pod_of(parents)), ..of(runtime, id) });
    }
    if is_id(last) {
        let under = |name: &str| parents.split('/').any(|part| part == name);
        let runtime = [("docker", "docker"), ("libpod_parent", "podman")];
        let runtime = runtime.into_iter().find(|(folder, _)| under(folder)).map(|found| found.1);
        return Some(of(runtime, last));
    }
    // Version 1 has `lxc/web`, version 2 `lxc.payload.web`.
    let in_lxc = |name: &str| named(CgroupKind::Container, name, Some("lxc"));
    if let Some(name) = last.strip_prefix("lxc.payload.").filter(|name| !name.is_empty()) {
        return Some(in_lxc(name));
    }
    if matches!(parent, "lxc" | "lxc.payload") {
        return Some(in_lxc(last));
    }
    let name = last.strip_prefix("systemd-nspawn@")?.strip_suffix(".service")?;
    Some(named(CgroupKind::Container, &unescape(name), Some("systemd-nspawn")))
}

/// `machine.slice/machine-qemu\x2d3\x2dweb.scope` is what libvirt calls its third machine, `web`.
fn machine(parents: &str, last: &str) -> Option<Naming> {
    let scope = last.strip_prefix("machine-")?.strip_suffix(".scope")?;
    let name = unescape(scope);
    if let Some(rest) = name.strip_prefix("qemu-").or_else(|| name.strip_prefix("xen-")) {
        let own = rest.split_once('-').map_or(rest, |(_, own)| own);
        return Some(named(CgroupKind::Machine, own, None));
    }
    if let Some(rest) = name.strip_prefix("lxc-") {
        let own = rest.split_once('-').map_or(rest, |(_, own)| own);
        return Some(named(CgroupKind::Container, own, Some("lxc")));
    }
    // Whatever else registers with the service manager by hand is a container of its own kind.
    let in_slice = parents.rsplit('/').next() == Some("machine.slice");
    in_slice.then(|| named(CgroupKind::Container, &name, Some("systemd-nspawn")))
}

fn unit(last: &str) -> Naming {
    let kinds = [
        (".service", CgroupKind::Service),
        (".scope", CgroupKind::Scope),
        (".slice", CgroupKind::Slice),
    ];
    let found = kinds.into_iter().find(|(ending, _)| last.ends_with(ending));
    let kind = found.map_or(CgroupKind::Other, |(_, kind)| kind);
    let bare = found.and_then(|(ending, _)| last.strip_suffix(ending)).unwrap_or(last);
    let pod = pod_of(last);
    // Slices are named by their whole path: `user-1000.slice`, `kubepods-burstable.slice`.
    let name = if kind == CgroupKind::Slice { last } else { bare };
    Naming { pod, ..named(kind, &unescape(name), None) }
}

fn named(kind: CgroupKind, name: &str, runtime: Option<&'static str>) -> Naming {
    let name = clean(name.as_bytes());
    Naming { kind, name, runtime, container_id: None, pod: None }
}

/// The pod's UID, out of `kubepods-burstable-pod<uid>.slice` (systemd writes its dashes as
/// underscores) or `kubepods/burstable/pod<uid>`.
fn pod_of(path: &str) -> Option<String> {
    if !path.contains("kubepods") && !path.starts_with("pod") {
        return None;
    }
    path.split(['/', ':']).rev().find_map(|part| {
        let part = part.strip_suffix(".slice").unwrap_or(part);
        let uid = part.rsplit_once("-pod").map(|(_, uid)| uid).or_else(|| part.strip_prefix("pod"));
        let uid = uid.filter(|uid| uid.len() >= 32)?;
        let is_uid =
            uid.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b'-' | b'_'));
        is_uid.then(|| uid.replace('_', "-"))
    })
}

fn is_id(text: &str) -> bool {
    text.len() == ID_LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// systemd writes bytes that mean something to it as `\x2d`.
fn unescape(name: &str) -> String {
    let mut plain: Vec<u8> = Vec::with_capacity(name.len());
    let mut rest = name.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digits = rest.strip_prefix(b"\\x").and_then(|digits| digits.get(..2));
        let code = digits.and_then(|digits| str::from_utf8(digits).ok());
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            plain.push(byte);
            rest = rest.get(4..).unwrap_or_default();
        } else {
            plain.push(*first);
            rest = behind;
        }
    }
    clean(&plain)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "4b1e8c0f3f9d2b7c6a5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f4a3b";
    const POD: &str = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";

    #[test]
    fn containers_are_known_by_their_paths() {
        let check = |path: &str, runtime: Option<&str>, pod: bool| {
            let path = path.replace("ID", ID).replace("POD", &POD.replace('-', "_"));
            let path = path.replace("UID", POD);
            let found = of(path.as_bytes());
            assert_eq!(found.kind, CgroupKind::Container, "{path}");
            assert_eq!(found.runtime, runtime, "{path}");
            assert_eq!(found.container_id.as_deref(), Some(ID), "{path}");
            assert_eq!(found.name, "4b1e8c0f3f9d", "{path}");
            assert_eq!(found.pod.as_deref(), pod.then_some(POD), "{path}");
        };
        check("system.slice/docker-ID.scope", Some("docker"), false);
        check("docker/ID", Some("docker"), false);
        check("machine.slice/libpod-ID.scope", Some("podman"), false);
        check(
            "user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope",
            Some("podman"),
            false,
        );
        check("libpod_parent/libpod-ID", Some("podman"), false);
        check(
            "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-podPOD.slice/cri-containerd-ID.scope",
            Some("containerd"),
            true,
        );
        check("kubepods.slice/kubepods-podPOD.slice/crio-ID.scope", Some("crio"), true);
        check("kubepods/besteffort/pod0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0/ID", None, true);
        check(
            "system.slice/containerd.service/kubepods-besteffort-podPOD.slice:cri-containerd:ID",
            Some("containerd"),
            true,
        );
    }

    #[test]
    fn what_is_no_container_has_its_units_kind() {
        let check = |path: &str, kind: CgroupKind, name: &str| {
            let found = of(path.as_bytes());
            assert_eq!((found.kind, found.name.as_str()), (kind, name), "{path}");
        };
        check("system.slice/ssh.service", CgroupKind::Service, "ssh");
        check(
            r"system.slice/system-getty.slice/getty@tty1.service",
            CgroupKind::Service,
            "getty@tty1",
        );
        check("user.slice/user-1000.slice/session-3.scope", CgroupKind::Scope, "session-3");
        check("user.slice", CgroupKind::Slice, "user.slice");
        check(r"system.slice/dev-disk\x2dby.service", CgroupKind::Service, "dev-disk-by");
        check(r"machine.slice/machine-qemu\x2d3\x2dweb\x2d1.scope", CgroupKind::Machine, "web-1");
        check("machine.slice/machine-debian.scope", CgroupKind::Container, "debian");
        check("machine.slice/systemd-nspawn@db.service", CgroupKind::Container, "db");
        check("lxc.payload.web", CgroupKind::Container, "web");
        check("lxc/web", CgroupKind::Container, "web");
        check("machine.slice/libpod-conmon-4b1e.scope", CgroupKind::Scope, "libpod-conmon-4b1e");
        check("docker/4b1e8c0f", CgroupKind::Other, "4b1e8c0f");
        check("a\u{1b}[31m", CgroupKind::Other, "a\u{fffd}[31m");
    }

    #[test]
    fn a_pod_is_a_slice_that_knows_its_uid() {
        let path = format!("kubepods.slice/kubepods-pod{}.slice", POD.replace('-', "_"));
        let found = of(path.as_bytes());
        assert_eq!((found.kind, found.pod.as_deref()), (CgroupKind::Slice, Some(POD)));
    }

    proptest! {
        #[test]
        fn no_path_panics(path in proptest::collection::vec(any::<u8>(), 0..120)) {
            of(&path);
        }

        #[test]
        fn no_escape_panics(name in "(machine-|docker-|pod|[\\\\x0-9a-f:./-]){0,30}") {
            of(name.as_bytes());
        }
    }
}
