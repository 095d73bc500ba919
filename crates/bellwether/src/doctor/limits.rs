//! What the kernel lets the program have: open files, memory.

use std::{fs, path::Path};

use bellwether_sys::limits;

use super::{Finding, Scene};

/// Half is for clients and files, half for files of processes: fewer are too few for 1,000 clients.
const FILES: u64 = 4_096;
/// What the server takes at most in ordinary use (DESIGN: 40 MB), and some room.
const MEMORY_BYTES: u64 = 100_000_000;

pub(super) fn check(scene: &Scene<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    if scene.here {
        found.push(files(limits::most_open_files()));
    }
    found.push(memory(scene));
    found
}

fn files(most: Option<u64>) -> Finding {
    match most {
        Some(most) if most < FILES => Finding::warning(
            "open files",
            format!("at most {most}, which is few for many clients and processes"),
            "raise it: LimitNOFILE= in the systemd unit, 'ulimit -n', or limits.conf",
        ),
        Some(most) => Finding::ok("open files", format!("up to {most}")),
        None => Finding::ok("open files", "without limit"),
    }
}

fn memory(scene: &Scene<'_>) -> Finding {
    let limit = cgroup_limit(&scene.root.proc, &scene.root.sys);
    match limit {
        Some(bytes) if bytes < MEMORY_BYTES => Finding::warning(
            "memory",
            format!("the control group allows {} MB", bytes / 1_000_000),
            "allow 100 MB or more (MemoryMax= in the unit, --memory of the container)",
        ),
        Some(bytes) => {
            Finding::ok("memory", format!("the control group allows {} MB", bytes / 1_000_000))
        }
        None => Finding::ok("memory", "no limit of a control group"),
    }
}

/// The smallest `memory.max` of our control group (version 2) and those above it; version 1 has
/// `memory.limit_in_bytes` in a folder of its own.
fn cgroup_limit(proc: &Path, sys: &Path) -> Option<u64> {
    let groups = fs::read_to_string(proc.join("self/cgroup")).ok()?;
    let read = |path: &Path| fs::read_to_string(path).ok()?.trim().parse::<u64>().ok();
    let limits = groups.lines().filter_map(|line| {
        let mut fields = line.splitn(3, ':');
        let (_, controllers, path) = (fields.next()?, fields.next()?, fields.next()?);
        let (base, file) = match controllers {
            "" => (sys.join("fs/cgroup"), "memory.max"),
            it if it.split(',').any(|it| it == "memory") => {
                (sys.join("fs/cgroup/memory"), "memory.limit_in_bytes")
            }
            _ => return None,
        };
        let group = base.join(path.trim_start_matches('/'));
        let above = group.ancestors().take_while(|it| it.starts_with(&base));
        above.filter_map(|it| read(&it.join(file))).min()
    });
    // Version 1 says "no limit" by a number near 2^63.
    limits.min().filter(|bytes| *bytes < 1 << 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::{Verdict, scene::looked_at};

    #[test]
    fn the_narrowest_control_group_counts() {
        let memory = |files: &[(&str, &str)]| looked_at(files, check).pop().unwrap();
        assert_eq!(memory(&[]).verdict, Verdict::Ok);
        let ours = ("proc/self/cgroup", "0::/system.slice/bellwether.service\n");
        let folder = "sys/fs/cgroup/system.slice";
        let outer = format!("{folder}/memory.max");
        let inner = format!("{folder}/bellwether.service/memory.max");
        let found = memory(&[ours, (&outer, "64000000\n"), (&inner, "max\n")]);
        assert_eq!(found.verdict, Verdict::Warning);
        assert!(found.says.contains("64 MB"), "{found:?}");
        let old = ("proc/self/cgroup", "4:memory:/x\n");
        let limit = "sys/fs/cgroup/memory/x/memory.limit_in_bytes";
        assert_eq!(memory(&[old, (limit, "9223372036854771712\n")]).verdict, Verdict::Ok);
        assert_eq!(memory(&[old, (limit, "1000000\n")]).verdict, Verdict::Warning);
    }

    #[test]
    fn few_files_are_a_warning() {
        assert_eq!(files(Some(1_024)).verdict, Verdict::Warning);
        assert_eq!(files(Some(65_536)).verdict, Verdict::Ok);
        assert_eq!(files(None).verdict, Verdict::Ok);
    }
}
