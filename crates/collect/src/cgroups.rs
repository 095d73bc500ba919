//! Control groups: services, containers, sessions, virtual machines.
//! Source: Linux documentation, admin-guide/cgroup-v2 and admin-guide/cgroup-v1.
//!
//! `tree` finds the groups, `naming` tells from a path what one is, `container_names` asks files (never a
//! daemon) what people call it, `files` reads the counters of either interface, `group` follows one.

mod container_names;
mod files;
mod group;
mod naming;
mod tree;

use std::{collections::BTreeMap, time::Duration};

use bellwether_signal::host::{Cgroup, CgroupKind, Cgroups, HostState};

use self::{container_names::ContainerNames, files::Budget, group::Group, tree::Tree};
use crate::{
    CollectError, Collector, CollectorSpec, HostRoot, Opened, Output, Round, Tier, text::clean,
};

/// Control groups.
pub(crate) const SPEC: CollectorSpec = CollectorSpec {
    name: "cgroups",
    tier: Tier::Standard,
    lengthy: true,
    every_second: false,
    topics: &["cgroups"],
    quiet_topics: &[],
    open,
};

/// Pause between two walks of the tree.
const WALK_PAUSE: Duration = Duration::from_secs(10);
/// Most groups that are read; a host with more has those counted that come first in the tree.
const MOST_READ: usize = 2_000;
/// Most groups that are published.
const MOST_PUBLISHED: usize = 200;
/// A share of the descriptors for processes, which groups may keep open on top of these.
const DESCRIPTORS_SHARE: usize = 4;

struct CgroupCollector {
    tree: Tree,
    groups: BTreeMap<Vec<u8>, Group>,
    names: ContainerNames,
    devices: files::Devices,
    total: usize,
    containers: usize,
    walked_at: Option<Duration>,
    kept_descriptors: usize,
}

fn open(root: &HostRoot) -> Opened {
    let Some(tree) = Tree::find(root) else { return Ok(None) };
    tree.check()?;
    Ok(Some(Box::new(CgroupCollector {
        tree,
        groups: BTreeMap::new(),
        names: ContainerNames::new(root),
        devices: files::Devices::new(root),
        total: 0,
        containers: 0,
        walked_at: None,
        kept_descriptors: root.calls.kept_descriptors / DESCRIPTORS_SHARE,
    })))
}

impl Collector for CgroupCollector {
    fn collect(&mut self, round: &Round<'_>, out: &mut Output) -> Result<(), CollectError> {
        let now = round.now.monotonic;
        if self.walked_at.is_none_or(|at| now.saturating_sub(at) >= WALK_PAUSE) {
            self.walked_at = Some(now);
            self.walk();
        }
        let open: usize = self.groups.values().map(Group::open_files).sum();
        let mut budget = Budget { spare: self.kept_descriptors.saturating_sub(open) };
        let (tree, devices) = (&self.tree, &mut self.devices);
        // One that is gone says nothing; the next walk will not find it.
        self.groups.retain(|path, group| group.read(tree, path, devices, &mut budget, now));
        let groups = self.published();
        out.states.push(HostState::Cgroups(Cgroups {
            hierarchy: self.tree.hierarchy(),
            total: u32::try_from(self.total).unwrap_or(u32::MAX),
            containers: u32::try_from(self.containers).ok(),
            groups,
        }));
        Ok(())
    }
}

impl CgroupCollector {
    fn walk(&mut self) {
        let found = self.tree.walk();
        self.total = found.len();
        let is_container = |path: &&Vec<u8>| naming::of(path).kind == CgroupKind::Container;
        self.containers = found.iter().filter(is_container).count();
        self.groups.retain(|path, _| found.contains(path));
        for path in found.iter().take(MOST_READ) {
            if !self.groups.contains_key(path) {
                let mut naming = naming::of(path);
                self.names.complete(&mut naming, path);
                self.groups.insert(path.clone(), Group::new(naming));
            }
        }
    }

    /// All of them, or the busiest and, of those that are equally busy, the largest.
    fn published(&self) -> BTreeMap<String, Cgroup> {
        let mut all: Vec<(&Vec<u8>, &Group)> = self.groups.iter().collect();
        if all.len() > MOST_PUBLISHED {
            all.sort_by(|(_, a), (_, b)| {
                let (a, b) = (a.rank(), b.rank());
                b.0.total_cmp(&a.0).then(b.1.total_cmp(&a.1))
            });
            all.truncate(MOST_PUBLISHED);
        }
        all.into_iter().map(|(path, group)| (clean(path), group.state().clone())).collect()
    }
}
