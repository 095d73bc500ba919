//! Where the groups are: one tree (version 2), or one for each controller (version 1, hybrid).
//!
//! Service managers mount them where everybody expects them, below `/sys/fs/cgroup`; who mounts
//! them elsewhere is not served.

use std::{
    collections::BTreeSet,
    fs,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use bellwether_signal::host::{CgroupKind, Hierarchy};

use super::naming;
use crate::{CollectError, HostRoot};

/// Groups that lie deeper are not looked for.
const DEEPEST: usize = 12;
/// Most groups that are counted.
const MOST: usize = 50_000;

/// The trees of groups.
pub(super) enum Tree {
    /// One for all controllers.
    V2 { root: PathBuf },
    /// One for each controller that is mounted.
    V1 { controllers: Controllers, hybrid: bool },
}

/// Trees of version 1.
#[derive(Clone, Debug, Default)]
pub(super) struct Controllers {
    /// Processor time that was used.
    pub(super) cpuacct: Option<PathBuf>,
    /// Processor time that may be used.
    pub(super) cpu: Option<PathBuf>,
    pub(super) memory: Option<PathBuf>,
    pub(super) pids: Option<PathBuf>,
    pub(super) blkio: Option<PathBuf>,
}

impl Tree {
    pub(super) fn find(root: &HostRoot) -> Option<Self> {
        let mounted = root.sys.join("fs/cgroup");
        if mounted.join("cgroup.controllers").exists() {
            return Some(Self::V2 { root: mounted });
        }
        let controller = |names: &[&str]| {
            let folders = names.iter().map(|name| mounted.join(name));
            folders.into_iter().find(|folder| folder.join("cgroup.procs").exists())
        };
        let controllers = Controllers {
            cpuacct: controller(&["cpuacct", "cpu,cpuacct", "cpuacct,cpu"]),
            cpu: controller(&["cpu", "cpu,cpuacct", "cpuacct,cpu"]),
            memory: controller(&["memory"]),
            pids: controller(&["pids"]),
            blkio: controller(&["blkio"]),
        };
        if controllers.cpuacct.is_none() && controllers.memory.is_none() {
            return None;
        }
        let hybrid = mounted.join("unified/cgroup.procs").exists();
        Some(Self::V1 { controllers, hybrid })
    }

    /// Whether the trees can be read at all.
    pub(super) fn check(&self) -> Result<(), CollectError> {
        for root in self.roots() {
            fs::read_dir(root)
                .map_err(|source| CollectError::Read { path: root.clone(), source })?;
        }
        Ok(())
    }

    pub(super) fn hierarchy(&self) -> Hierarchy {
        match self {
            Self::V2 { .. } => Hierarchy::V2,
            Self::V1 { hybrid: true, .. } => Hierarchy::Hybrid,
            Self::V1 { hybrid: false, .. } => Hierarchy::V1,
        }
    }

    fn roots(&self) -> Vec<&PathBuf> {
        match self {
            Self::V2 { root } => vec![root],
            Self::V1 { controllers, .. } => {
                [&controllers.cpuacct, &controllers.memory].into_iter().flatten().collect()
            }
        }
    }

    /// The paths of all groups below the root. What a container makes of its own part is its
    /// business: nobody looks into it.
    pub(super) fn walk(&self) -> BTreeSet<Vec<u8>> {
        let mut found = BTreeSet::new();
        for root in self.roots() {
            descend(root, &mut Vec::new(), 0, &mut found);
        }
        found
    }
}

fn descend(folder: &Path, path: &mut Vec<u8>, depth: usize, found: &mut BTreeSet<Vec<u8>>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        if found.len() >= MOST || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        let length = path.len();
        if length > 0 {
            path.push(b'/');
        }
        path.extend(entry.file_name().as_bytes());
        found.insert(path.clone());
        let kind = naming::of(path).kind;
        if depth < DEEPEST && !matches!(kind, CgroupKind::Container | CgroupKind::Machine) {
            descend(&entry.path(), path, depth + 1, found);
        }
        path.truncate(length);
    }
}
