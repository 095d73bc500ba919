//! `bellwether doctor`: what works here, what does not, and what to do. It changes nothing.
//!
//! A check is a file here and a line in [`ALL`]. It reads the host through [`Scene`], which a test
//! replaces by a recorded one.

mod address;
mod clock;
mod collectors;
mod configuration;
mod gpu;
mod limits;
mod permissions;
mod report;
mod sensors;
mod store;
mod tls;

use std::path::PathBuf;

use anyhow::{Result, bail};
use bellwether_collect::HostRoot;

use crate::{
    cli::DoctorFlags,
    configuration::{ConfigFile, FileError},
    data_folder,
};

/// Every check, in the order of the report.
const ALL: &[Check] = &[
    Check { name: "configuration", run: configuration::check },
    Check { name: "collectors", run: collectors::check },
    Check { name: "sensors", run: sensors::check },
    Check { name: "gpu", run: gpu::check },
    Check { name: "permissions", run: permissions::check },
    Check { name: "address", run: address::check },
    Check { name: "store", run: store::check },
    Check { name: "tls", run: tls::check },
    Check { name: "clock", run: clock::check },
    Check { name: "limits", run: limits::check },
];

/// One thing that is looked at.
struct Check {
    name: &'static str,
    run: fn(&Scene<'_>) -> Vec<Finding>,
}

/// What the checks look at.
struct Scene<'a> {
    root: HostRoot,
    /// Whether `root` is this machine, so that system calls tell of the same one.
    here: bool,
    flags: &'a DoctorFlags,
    file: &'a Result<ConfigFile, FileError>,
    folder: Result<PathBuf, String>,
}

/// How a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Ok,
    /// There is no such thing on this machine, and nothing to be done.
    NotHere,
    /// It works in part, or not for long.
    Warning,
    /// It does not work.
    Problem,
}

/// What a check found: one sentence, and what to do where something can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    subject: String,
    verdict: Verdict,
    says: String,
    action: Option<String>,
}

impl Finding {
    fn new(verdict: Verdict, subject: impl Into<String>, says: impl Into<String>) -> Self {
        Self { subject: subject.into(), verdict, says: says.into(), action: None }
    }

    fn ok(subject: impl Into<String>, says: impl Into<String>) -> Self {
        Self::new(Verdict::Ok, subject, says)
    }

    fn not_here(subject: impl Into<String>, says: impl Into<String>) -> Self {
        Self::new(Verdict::NotHere, subject, says)
    }

    fn warning(
        subject: impl Into<String>,
        says: impl Into<String>,
        action: impl Into<String>,
    ) -> Self {
        Self { action: Some(action.into()), ..Self::new(Verdict::Warning, subject, says) }
    }

    fn problem(
        subject: impl Into<String>,
        says: impl Into<String>,
        action: impl Into<String>,
    ) -> Self {
        Self { action: Some(action.into()), ..Self::new(Verdict::Problem, subject, says) }
    }
}

/// Looks at everything and prints the report; an error when there is a problem.
pub(crate) fn run(
    flags: &DoctorFlags,
    file: &Result<ConfigFile, FileError>,
    print: impl FnOnce(&str) -> Result<()>,
) -> Result<()> {
    let folder = data_folder::choose(flags.serve.data.clone()).map_err(|it| it.to_string());
    let scene = Scene { root: HostRoot::real(), here: true, flags, file, folder };
    let found = look(&scene);
    print(&if flags.json { report::json(&found) } else { report::text(&found) })?;
    let problems = report::count(&found, Verdict::Problem);
    if problems > 0 {
        bail!("{}", report::number(problems, "problem"));
    }
    Ok(())
}

fn look(scene: &Scene<'_>) -> Vec<(&'static str, Vec<Finding>)> {
    ALL.iter().map(|check| (check.name, (check.run)(scene))).collect()
}

/// A scene for tests: a tree, with flags as the command line has them.
#[cfg(test)]
mod scene {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Arguments, Command};

    pub(super) fn flags(line: &[&str]) -> Box<DoctorFlags> {
        let line = ["bellwether", "doctor"].iter().chain(line);
        let Command::Doctor(flags) = Arguments::parse_from(line).command else { unreachable!() };
        flags
    }

    /// Looks at a tree of these files with one check.
    pub(super) fn looked_at(
        files: &[(&str, &str)],
        check: fn(&Scene<'_>) -> Vec<Finding>,
    ) -> Vec<Finding> {
        let tree = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = tree.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let scene = Scene {
            root: HostRoot::recorded(tree.path()),
            here: false,
            flags: &flags(&[]),
            file: &Ok(ConfigFile::default()),
            folder: Ok(tree.path().join("data")),
        };
        check(&scene)
    }
}
