//! Limits that the kernel sets on this process.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// How many descriptors this process may have open now (soft limit); `None` without a limit.
pub fn open_files() -> Option<u64> {
    getrlimit(Resource::Nofile).current
}

/// How many it may be raised to (hard limit); `None` without a limit.
pub fn most_open_files() -> Option<u64> {
    getrlimit(Resource::Nofile).maximum
}

/// Raises the soft limit of open descriptors to `wanted`, or as far as the hard limit allows, and
/// says what it is now. It never lowers it; a refusal leaves it as it was.
pub fn raise_open_files(wanted: u64) -> Option<u64> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let reachable = maximum.map_or(wanted, |hard| wanted.min(hard));
    if current.is_some_and(|soft| soft < reachable) {
        let raised = Rlimit { current: Some(reachable), maximum };
        if setrlimit(Resource::Nofile, raised).is_err() {
            return current;
        }
    }
    open_files()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raising_never_lowers() {
        let before = open_files();
        assert_eq!(raise_open_files(1), before);
        let wanted = before.map_or(1, |soft| soft + 1);
        let after = raise_open_files(wanted);
        assert!(after >= before || after.is_none(), "{before:?} became {after:?}");
    }
}
