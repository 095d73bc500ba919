//! The configuration file: which one is read, and whether it is in order.

use super::{Finding, Scene};
use crate::configuration::usual_place;

pub(super) fn check(scene: &Scene<'_>) -> Vec<Finding> {
    let finding = match (scene.file, usual_place()) {
        (Ok(file), usual) => match (&file.path, usual) {
            (Some(path), _) => Finding::ok("file", format!("{} is in order", path.display())),
            (None, Some(usual)) => Finding::not_here(
                "file",
                format!("there is none at {}; the defaults count", usual.display()),
            ),
            (None, None) => Finding::not_here("file", "there is no home folder for one"),
        },
        (Err(error), _) => Finding::problem(
            "file",
            error.to_string(),
            "correct it; 'bellwether config --example' shows every setting",
        ),
    };
    vec![finding]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        configuration::ConfigFile,
        doctor::{HostRoot, Verdict, scene::flags},
    };

    #[test]
    fn a_wrong_file_is_a_problem() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        std::fs::write(&path, "lisen = 1\n").unwrap();
        let scene = Scene {
            root: HostRoot::recorded(folder.path()),
            here: false,
            flags: &flags(&[]),
            file: &ConfigFile::find(Some(path)),
            folder: Err(String::new()),
        };
        let found = check(&scene);
        assert_eq!(found[0].verdict, Verdict::Problem);
        assert!(found[0].says.contains("line 1: there is no setting 'lisen'"), "{found:?}");
    }
}
