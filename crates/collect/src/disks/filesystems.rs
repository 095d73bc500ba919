//! Mounted file systems that hold data, and their space.
//!
//! Asking a network file system for its space waits for its server, for ever if that is gone; a file
//! system in user space waits for a program. Neither is asked: only what the kernel itself keeps on
//! a device of this host, and `/`.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs, io,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
    time::Duration,
};

use bellwether_signal::host::Filesystem;
use bellwether_sys::filesystem::Space;

use super::health::Counts;
use crate::{
    CollectError, HostRoot,
    kept_file::KeptFile,
    rate::bounded_percent,
    text::{clean, lines, words},
};

/// Pause between two looks at what is mounted.
const MOUNTS_PAUSE: Duration = Duration::from_secs(10);
/// Most file systems that are told; on a host with more, those with the shortest paths.
const MOST: usize = 256;
/// Images that are full by nature.
const ALWAYS_FULL: [&str; 6] = ["squashfs", "iso9660", "udf", "erofs", "cramfs", "romfs"];
/// File systems that name a pool rather than a device.
const POOLED: [&str; 3] = ["zfs", "btrfs", "bcachefs"];
/// File systems that wait for somebody else.
const WAITING: [&str; 13] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "ceph",
    "glusterfs",
    "lustre",
    "afs",
    "ncpfs",
    "coda",
    "autofs",
    "fuse",
];

/// What is mounted.
pub(super) struct Filesystems {
    root: HostRoot,
    mountinfo: Option<KeptFile>,
    /// The file as it was parsed last: it seldom changes.
    parsed: Vec<u8>,
    mounts: Vec<Mount>,
    looked_at: Option<Duration>,
    counts: Counts,
    /// What was counted last of each mount, as long as nothing is looked at again.
    counted: BTreeMap<PathBuf, (Option<f64>, Option<i64>)>,
}

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mount {
    /// Major and minor number: the same for all mounts of one file system.
    id: Vec<u8>,
    /// Whether this is all of it, rather than a folder of it that is bound elsewhere.
    whole: bool,
    point: PathBuf,
    kind: String,
    device: String,
    /// Whether the mount may be written to and the file system not: an error made it so.
    turned_read_only: bool,
}

impl Filesystems {
    pub(super) fn open(root: &HostRoot) -> Result<Self, CollectError> {
        Ok(Self {
            root: root.clone(),
            mountinfo: KeptFile::open_if_offered(root.proc.join("self/mountinfo"))?,
            parsed: Vec::new(),
            mounts: Vec::new(),
            looked_at: None,
            counts: Counts::new(root),
            counted: BTreeMap::new(),
        })
    }

    pub(super) fn are_offered(&self) -> bool {
        self.mountinfo.is_some()
    }

    /// The file systems by mount point.
    pub(super) fn read(
        &mut self,
        now: Duration,
    ) -> Result<BTreeMap<String, Filesystem>, CollectError> {
        self.refresh(now)?;
        let mut found = BTreeMap::new();
        for mount in &self.mounts {
            // One that was unmounted a moment ago is an error, or the space of what lies below.
            let space: io::Result<Space> =
                (self.root.calls.space)(&self.root.below_root(&mount.point));
            if let Some(mut filesystem) = space.ok().and_then(|space| describe(mount, space)) {
                let counted = self.counted.entry(mount.point.clone()).or_insert_with(|| {
                    let id = String::from_utf8_lossy(&mount.id);
                    self.counts.add_to(&mut filesystem, &id);
                    (filesystem.errors, filesystem.last_error_at_ms)
                });
                (filesystem.errors, filesystem.last_error_at_ms) = *counted;
                found.insert(clean(mount.point.as_os_str().as_bytes()), filesystem);
            }
        }
        Ok(found)
    }

    fn refresh(&mut self, now: Duration) -> Result<(), CollectError> {
        let Some(file) = &mut self.mountinfo else { return Ok(()) };
        if self.looked_at.is_some_and(|at| now.saturating_sub(at) < MOUNTS_PAUSE) {
            return Ok(());
        }
        self.looked_at = Some(now);
        self.counted.clear();
        let text = file.read()?;
        if text != self.parsed {
            text.clone_into(&mut self.parsed);
            self.mounts = with_data(parse(text));
            // Containers mount single files of their host; they say nothing about this one.
            let root = &self.root;
            let is_folder =
                |path: &Path| fs::metadata(root.below_root(path)).is_ok_and(|found| found.is_dir());
            self.mounts.retain(|mount| is_folder(&mount.point));
        }
        Ok(())
    }
}

fn describe(mount: &Mount, space: Space) -> Option<Filesystem> {
    if space.total_bytes == 0 {
        return None;
    }
    let used = space.total_bytes.saturating_sub(space.free_bytes) as f64;
    let available = space.available_bytes as f64;
    let inodes_used = space.inodes.saturating_sub(space.inodes_free) as f64;
    Some(Filesystem {
        device: mount.device.clone(),
        kind: mount.kind.clone(),
        total_bytes: space.total_bytes as f64,
        used_bytes: used,
        available_bytes: available,
        // What is reserved for root counts neither as used nor as available.
        used_percent: bounded_percent(used, used + available).unwrap_or_default(),
        inodes_used_percent: bounded_percent(inodes_used, space.inodes as f64),
        read_only: space.read_only,
        turned_read_only: mount.turned_read_only.then_some(true),
        errors: None,
        last_error_at_ms: None,
    })
}

/// Lines read `36 35 98:0 /below /point rw,noatime master:1 - ext3 /dev/root rw,errors=continue`.
fn parse(bytes: &[u8]) -> Vec<Mount> {
    let line = |line| {
        let mut words = words(line);
        let id = words.nth(2)?.to_vec();
        let whole = words.next()? == b"/";
        let point = unescape(words.next()?);
        let may_write = has(words.next()?, b"rw");
        let mut behind = words.skip_while(|word| *word != b"-");
        let kind = clean(behind.nth(1)?);
        let device = clean(&unescape(behind.next()?));
        // Since Linux 6.15 an error shows as an option of its own.
        let own = behind.next().unwrap_or_default();
        let turned_read_only = may_write && (has(own, b"ro") || has(own, b"emergency_ro"));
        let point = Path::new(OsStr::from_bytes(&point)).to_owned();
        Some(Mount { id, whole, point, kind, device, turned_read_only })
    };
    lines(bytes).filter_map(line).collect()
}

/// Whether a list of options has this one.
fn has(options: &[u8], option: &[u8]) -> bool {
    options.split(|byte| *byte == b',').any(|one| one == option)
}

/// Those that hold data, each once. One file system may be mounted in many places (binds,
/// subvolumes): where all of it is mounted, else the shortest path, is what people know.
fn with_data(mut mounts: Vec<Mount>) -> Vec<Mount> {
    // What was mounted last at a point hides what was there before.
    let mut newest = BTreeMap::new();
    for (number, mount) in mounts.iter().enumerate() {
        newest.insert(mount.point.clone(), number);
    }
    let mut number = 0;
    mounts.retain(|mount| {
        number += 1;
        newest.get(&mount.point) == Some(&(number - 1)) && holds_data(mount)
    });
    mounts.sort_by_cached_key(|mount| {
        (!mount.whole, mount.point.as_os_str().len(), mount.point.clone())
    });
    let mut seen = std::collections::BTreeSet::new();
    mounts.retain(|mount| seen.insert(mount.id.clone()));
    mounts.truncate(MOST);
    mounts
}

fn holds_data(mount: &Mount) -> bool {
    let kind = mount.kind.as_str();
    let base = kind.split('.').next().unwrap_or(kind);
    if WAITING.contains(&base) || kind == "fuseblk" || ALWAYS_FULL.contains(&kind) {
        return false;
    }
    let is_root = mount.point == Path::new("/");
    (mount.device.starts_with("/dev/") && kind != "devtmpfs") || POOLED.contains(&kind) || is_root
}

/// Blanks in paths are written as `\040`.
fn unescape(word: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(word.len());
    let mut rest = word;
    while let Some((first, behind)) = rest.split_first() {
        let digits = behind.get(..3).filter(|_| *first == b'\\');
        let code = digits.and_then(|digits| str::from_utf8(digits).ok());
        if let Some(byte) = code.and_then(|code| u8::from_str_radix(code, 8).ok()) {
            plain.push(byte);
            rest = behind.get(3..).unwrap_or_default();
        } else {
            plain.push(*first);
            rest = behind;
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MOUNTS: &[u8] = b"22 27 0:21 / /proc rw,relatime - proc proc rw\n\
        27 1 254:0 / / rw,relatime - ext4 /dev/vda rw,discard\n\
        28 27 8:1 /www /www rw - xfs /dev/sda1 rw\n\
        29 27 8:1 / /mnt/my\\040disk rw shared:1 master:2 - xfs /dev/sda1 rw\n\
        30 27 0:40 / /home rw - btrfs /dev/sdb rw,subvol=/home\n\
        31 27 0:41 / /tank rw - zfs tank rw\n\
        32 27 0:50 / /mnt/nas rw - nfs4 nas:/export rw\n\
        33 27 0:51 / /mnt/phone rw - fuse.sshfs me@phone: rw\n\
        34 27 7:0 / /snap/core ro - squashfs /dev/loop0 ro\n\
        35 27 0:52 / /dev/shm rw - tmpfs tmpfs rw\n\
        36 27 0:53 / /misc rw - autofs /dev/autofs rw\n\
        37 27 8:9 / /mnt/ntfs rw - fuseblk /dev/sdc1 rw\n";

    #[test]
    fn local_file_systems_with_data_are_found_once() {
        let points: Vec<_> = with_data(parse(MOUNTS))
            .into_iter()
            .map(|mount| mount.point.to_str().unwrap().to_owned())
            .collect();
        assert_eq!(points, ["/", "/home", "/tank", "/mnt/my disk"]);
    }

    #[test]
    fn what_is_mounted_over_is_not_told() {
        let text = b"1 0 8:1 / /data rw - ext4 /dev/sda1 rw\n2 0 0:9 / /data rw - tmpfs tmpfs rw\n";
        assert_eq!(with_data(parse(text)), []);
    }

    #[test]
    fn the_root_of_a_container_counts() {
        let root = b"1 0 0:99 / / rw - overlay overlay rw,lowerdir=/x\n";
        assert_eq!(with_data(parse(root)).len(), 1);
        assert_eq!(with_data(parse(b"1 0 0:99 / / rw - nfs srv:/root rw\n")), []);
    }

    #[test]
    fn shares_are_counted_as_df_does() {
        let mount = parse(MOUNTS).remove(1);
        let space = Space {
            total_bytes: 1_000,
            free_bytes: 500,
            available_bytes: 300,
            inodes: 0,
            inodes_free: 0,
            read_only: true,
        };
        let found = describe(&mount, space).unwrap();
        assert_eq!((found.used_percent, found.inodes_used_percent), (62.5, None));
        assert!(found.read_only && found.device == "/dev/vda" && found.kind == "ext4");
        assert_eq!(describe(&mount, Space { total_bytes: 0, ..space }), None);
    }

    #[test]
    fn escapes_are_octal() {
        assert_eq!(unescape(br"a\040b\134c"), br"a b\c");
        assert_eq!(unescape(br"a\04"), br"a\04");
        assert_eq!(unescape(br"\999"), br"\999");
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            with_data(parse(&bytes));
            unescape(&bytes);
        }
    }
}
