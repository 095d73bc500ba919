//! What this user may see of other users' processes. `doctor` sees what it sees itself: run it as
//! the user that the server runs as.

use std::{fs, io, path::Path};

use super::{Finding, Scene};

/// Bits of `CapEff` in `/proc/self/status` (capability.h).
const CAP_NET_ADMIN: u32 = 12;
const CAP_SYS_PTRACE: u32 = 19;

pub(super) fn check(scene: &Scene<'_>) -> Vec<Finding> {
    let proc = &scene.root.proc;
    let effective = capabilities(proc).unwrap_or_default();
    let may = |bit: u32| effective >> bit & 1 == 1;
    let mut found = vec![hidden(proc), input_and_output(proc, may(CAP_SYS_PTRACE))];
    found.push(if may(CAP_NET_ADMIN) {
        Finding::ok("exits", "CAP_NET_ADMIN is here; the kernel may tell of processes that end")
    } else {
        Finding::not_here(
            "exits",
            "no CAP_NET_ADMIN: processes shorter than a second are counted, not named; nothing \
             that this version shows needs it",
        )
    });
    found
}

fn capabilities(proc: &Path) -> Option<u64> {
    let status = fs::read_to_string(proc.join("self/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("CapEff:"))?;
    u64::from_str_radix(line.trim(), 16).ok()
}

/// Whether `/proc` hides other users' processes (`hidepid`).
fn hidden(proc: &Path) -> Finding {
    let mounts = fs::read_to_string(proc.join("self/mounts")).unwrap_or_default();
    let options = mounts
        .lines()
        .map(|line| line.split(' ').collect::<Vec<_>>())
        .filter(|fields| fields.get(2) == Some(&"proc"))
        .filter_map(|fields| fields.get(3).map(|options| (*options).to_owned()))
        .find(|options| options.contains("hidepid="));
    let hides = options.is_some_and(|options| {
        !["hidepid=0", "hidepid=off"].iter().any(|it| options.split(',').any(|o| o == *it))
    });
    if hides {
        Finding::warning(
            "processes",
            "/proc hides other users' processes (hidepid)",
            "run bellwether in the group that is named by the mount option gid=, or mount /proc \
             without hidepid",
        )
    } else {
        Finding::ok("processes", "those of all users are seen")
    }
}

/// Reads `io` of all processes. Single ones that refuse (an init of a sandbox) are no matter.
fn input_and_output(proc: &Path, ptrace: bool) -> Finding {
    let says = "what other users' processes read and write";
    let is_process = |name: &str| name.bytes().all(|it| it.is_ascii_digit());
    let reads: Vec<_> = fs::read_dir(proc)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().to_str().is_some_and(is_process))
        .map(|entry| fs::read_to_string(entry.path().join("io")))
        .collect();
    let is_refused = |it: &io::Error| it.kind() == io::ErrorKind::PermissionDenied;
    let closed = reads.iter().filter(|read| read.as_ref().is_err_and(is_refused)).count();
    let refused = closed * 10 > reads.len();
    match (refused, ptrace) {
        (false, _) if closed > 0 => Finding::ok(
            "input and output",
            format!("{says} is seen, but for {closed} of {} processes", reads.len()),
        ),
        (false, _) => Finding::ok("input and output", format!("{says} is seen")),
        (true, true) => Finding::warning(
            "input and output",
            format!("{says} is not seen, although CAP_SYS_PTRACE is here"),
            "a security module (SELinux, AppArmor, Yama) refuses it; its log says why",
        ),
        (true, false) => Finding::warning(
            "input and output",
            format!("{says} is not seen"),
            "run it with CAP_SYS_PTRACE (the systemd unit does), or: setcap cap_sys_ptrace=ep \
             on the program",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Verdict, scene::looked_at};

    #[test]
    fn hidden_processes_and_capabilities_are_seen() {
        let plain = looked_at(&[("proc/self/mounts", "proc /proc proc rw,nosuid 0 0\n")], check);
        let verdicts = |found: &[Finding]| found.iter().map(|it| it.verdict).collect::<Vec<_>>();
        assert_eq!(verdicts(&plain), [Verdict::Ok, Verdict::Ok, Verdict::NotHere]);
        let hidden = looked_at(
            &[
                ("proc/self/mounts", "proc /proc proc rw,hidepid=invisible 0 0\n"),
                ("proc/self/status", "Name:\tx\nCapEff:\t0000000000001000\n"),
            ],
            check,
        );
        assert_eq!(verdicts(&hidden), [Verdict::Warning, Verdict::Ok, Verdict::Ok]);
    }
}
