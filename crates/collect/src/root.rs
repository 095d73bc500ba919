//! Where the host is: the folders that are read and the few answers that no file holds. Tests put
//! recorded trees and recorded answers in their place.

use std::{
    fs::File,
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    time::Duration,
};

use bellwether_sys::{clock, filesystem, interfaces, limits, machine};

/// Most descriptors that are kept open for processes, however many the kernel would allow: each
/// costs about 1 KiB of kernel memory.
const MOST_KEPT_DESCRIPTORS: usize = 8_192;
/// What the limit of descriptors is raised to, if it may be: the usual 1,024 would last for 170
/// processes and not for many clients beside them.
const WANTED_DESCRIPTORS: u64 = 65_536;
/// What is kept when the kernel sets no limit that can be read.
const FEW_KEPT_DESCRIPTORS: usize = 512;

/// How long a round waits for devices that it does not know yet: the first figures are due
/// [`crate::schedule::WARM_UP`] after the start.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long a recorded device may take: as long as a busy machine needs to start a thread.
const PATIENCE_WITH_RECORDS: Duration = Duration::from_secs(30);

/// The host that is read.
#[derive(Clone, Debug)]
pub struct HostRoot {
    /// Its name, as its owner gave it.
    pub name: String,
    /// `/proc`.
    pub proc: PathBuf,
    /// `/sys`.
    pub sys: PathBuf,
    /// `/etc`.
    pub etc: PathBuf,
    /// `/`, below which mount points lie.
    pub root: PathBuf,
    /// What is asked of the kernel by system call.
    pub calls: SystemCalls,
}

/// Answers that no file holds.
#[derive(Clone, Debug)]
pub struct SystemCalls {
    /// Kernel release and architecture.
    pub kernel: machine::Kernel,
    /// Bytes in a page of memory.
    pub page_bytes: u64,
    /// Clock ticks in a second.
    pub ticks_per_second: u32,
    /// How many descriptors may be kept open for processes.
    pub kept_descriptors: usize,
    /// The space of a mounted file system.
    pub space: fn(&Path) -> io::Result<filesystem::Space>,
    /// The addresses of all interfaces.
    pub addresses: fn() -> io::Result<Vec<interfaces::Address>>,
    /// Reads an attribute of a device from its start. Behind it is hardware: it may fail in many
    /// ways, and take long.
    pub read_device: fn(&File, &mut [u8]) -> io::Result<usize>,
    /// The clock by which devices are found to be slow.
    pub stopwatch: fn() -> Duration,
    /// How long a round waits for devices that it does not know yet.
    pub patience: Duration,
}

impl HostRoot {
    /// This machine, by the name that the kernel has for it. Raises this process's limit of open
    /// descriptors as far as it may.
    pub fn real() -> Self {
        let calls = SystemCalls::real();
        Self {
            name: calls.kernel.host_name.clone(),
            proc: "/proc".into(),
            sys: "/sys".into(),
            etc: "/etc".into(),
            root: "/".into(),
            calls,
        }
    }

    /// A tree that looks like the root of a machine, with `proc`, `sys` and `etc` in it. No other
    /// answer comes from this machine: a recorded host has no addresses and its file systems no
    /// space until [`SystemCalls`] says so.
    pub fn recorded(tree: &Path) -> Self {
        Self {
            name: "recorded".to_owned(),
            proc: tree.join("proc"),
            sys: tree.join("sys"),
            etc: tree.join("etc"),
            root: tree.to_owned(),
            calls: SystemCalls::recorded(),
        }
    }

    /// The same host under another name.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    /// Where a mount point of the host is for us.
    pub(crate) fn below_root(&self, mount_point: &Path) -> PathBuf {
        self.root.join(mount_point.strip_prefix("/").unwrap_or(mount_point))
    }
}

impl SystemCalls {
    fn real() -> Self {
        Self {
            kernel: machine::kernel(),
            page_bytes: machine::page_bytes(),
            ticks_per_second: u32::try_from(machine::ticks_per_second()).unwrap_or(100).max(1),
            // Half of the limit: sockets and files of the other rooms need theirs.
            kept_descriptors: limits::raise_open_files(WANTED_DESCRIPTORS)
                .and_then(|soft| usize::try_from(soft / 2).ok())
                .unwrap_or(FEW_KEPT_DESCRIPTORS)
                .min(MOST_KEPT_DESCRIPTORS),
            space: filesystem::space,
            addresses: interfaces::addresses,
            read_device: |file, buffer| file.read_at(buffer, 0),
            stopwatch: || clock::now().monotonic,
            patience: PATIENCE,
        }
    }

    fn recorded() -> Self {
        Self {
            kernel: machine::Kernel {
                host_name: "recorded".to_owned(),
                release: "6.1.0-recorded".to_owned(),
                architecture: "x86_64".to_owned(),
            },
            page_bytes: 4_096,
            ticks_per_second: 100,
            kept_descriptors: FEW_KEPT_DESCRIPTORS,
            space: |_| Err(io::ErrorKind::NotFound.into()),
            addresses: || Ok(Vec::new()),
            read_device: |file, buffer| file.read_at(buffer, 0),
            stopwatch: || Duration::ZERO,
            patience: PATIENCE_WITH_RECORDS,
        }
    }
}
