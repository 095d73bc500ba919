//! What people call a container, out of the files that runtimes keep. Who may not read them (they
//! belong to root mostly) sees the start of the id.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use serde::Deserialize;

use super::naming::Naming;
use crate::{
    HostRoot,
    text::{clean, lines},
};

/// Longest file that is looked into.
const MOST_BYTES: u64 = 8 * 1_024 * 1_024;
/// Longest name that is told, in characters: what is longer is no name.
const LONGEST: usize = 128;

/// Looks for names.
pub(super) struct ContainerNames {
    root: PathBuf,
    passwd: PathBuf,
    /// Names by id out of each list of podman, with the time of its last change.
    podman: BTreeMap<PathBuf, (Option<SystemTime>, BTreeMap<String, String>)>,
}

/// `config.v2.json` of docker.
#[derive(Deserialize)]
struct DockerConfig {
    #[serde(rename = "Name")]
    name: String,
}

/// An entry of `containers.json` of podman and cri-o.
#[derive(Deserialize)]
struct StoredContainer {
    id: String,
    #[serde(default)]
    names: Vec<String>,
}

/// `config.json` of containerd (OCI runtime specification).
#[derive(Deserialize)]
struct RuntimeConfig {
    #[serde(default)]
    annotations: BTreeMap<String, String>,
}

impl ContainerNames {
    pub(super) fn new(root: &HostRoot) -> Self {
        let passwd = root.etc.join("passwd");
        Self { root: root.root.clone(), passwd, podman: BTreeMap::new() }
    }

    /// Puts the name in the place of the id's start, if a file knows it.
    pub(super) fn complete(&mut self, naming: &mut Naming, path: &[u8]) {
        let Some(id) = naming.container_id.clone() else { return };
        let runtime = naming.runtime;
        let is = |one: &str| runtime.is_none_or(|runtime| runtime == one);
        let mut name = None;
        if is("docker") {
            name = self.of_docker(&id);
        }
        if name.is_none() && is("containerd") {
            let annotations = self.of_containerd(&id).unwrap_or_default();
            let one_of = |keys: [&str; 2]| keys.iter().find_map(|key| annotations.get(*key));
            name = one_of(["io.kubernetes.cri.container-name", "nerdctl/name"]).cloned();
            let pod = one_of(["io.kubernetes.cri.sandbox-name", "io.kubernetes.pod.name"]);
            naming.pod = pod.map(|pod| clean(pod.as_bytes())).or_else(|| naming.pod.take());
        }
        if name.is_none() && (is("podman") || is("crio")) {
            name = self.of_podman(&id, path);
        }
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            let name: String = name.chars().take(LONGEST).collect();
            naming.name = clean(name.as_bytes());
        }
    }

    fn of_docker(&self, id: &str) -> Option<String> {
        let file = format!("var/lib/docker/containers/{id}/config.v2.json");
        let config: DockerConfig = serde_json::from_slice(&read(&self.root.join(file))?).ok()?;
        Some(config.name.trim_start_matches('/').to_owned())
    }

    fn of_containerd(&self, id: &str) -> Option<BTreeMap<String, String>> {
        let tasks = self.root.join("run/containerd/io.containerd.runtime.v2.task");
        let namespaces = fs::read_dir(tasks).ok()?.flatten();
        let mut files = namespaces.map(|namespace| namespace.path().join(id).join("config.json"));
        let text = files.find_map(|file| read(&file))?;
        Some(serde_json::from_slice::<RuntimeConfig>(&text).ok()?.annotations)
    }

    fn of_podman(&mut self, id: &str, path: &[u8]) -> Option<String> {
        const LIST: &str = "storage/overlay-containers/containers.json";
        let mut list = self.root.join("var/lib/containers").join(LIST);
        if let Some(home) = user_of(path).and_then(|user| self.home_of(&user)) {
            let home = home.strip_prefix("/").map(Path::to_owned).unwrap_or(home);
            list = self.root.join(home).join(".local/share/containers").join(LIST);
        }
        let changed = fs::metadata(&list).ok()?.modified().ok();
        let known = self.podman.entry(list.clone()).or_default();
        if known.0 != changed || changed.is_none() {
            let stored: Vec<StoredContainer> =
                read(&list).and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
            let named = stored.into_iter().filter_map(|mut one| {
                let name = if one.names.is_empty() { None } else { Some(one.names.remove(0)) };
                Some((one.id, name?))
            });
            *known = (changed, named.collect());
        }
        known.1.get(id).cloned()
    }

    fn home_of(&self, user: &[u8]) -> Option<PathBuf> {
        let passwd = read(&self.passwd)?;
        lines(&passwd).find_map(|line| {
            let mut fields = line.split(|byte| *byte == b':');
            let home = (fields.nth(2)? == user).then(|| fields.nth(2))??;
            Some(PathBuf::from(str::from_utf8(home).ok()?))
        })
    }
}

/// The number of the user whose part of the tree a path lies in: `user.slice/user-1000.slice/…`.
fn user_of(path: &[u8]) -> Option<Vec<u8>> {
    path.split(|byte| *byte == b'/').find_map(|part| {
        let number = part.strip_prefix(b"user-")?.strip_suffix(b".slice")?;
        number.iter().all(u8::is_ascii_digit).then(|| number.to_vec())
    })
}

fn read(file: &Path) -> Option<Vec<u8>> {
    let found = fs::metadata(file).ok()?;
    if !found.is_file() || found.len() > MOST_BYTES { None } else { fs::read(file).ok() }
}
