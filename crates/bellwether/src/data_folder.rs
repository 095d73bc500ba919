//! Where the data lies when nobody said: the XDG base directory specification.

use std::{env, ffi::OsString, path::PathBuf};

use anyhow::{Context as _, Result};

/// The folder of the command line, else `$XDG_DATA_HOME/bellwether`, else
/// `~/.local/share/bellwether`.
pub(crate) fn choose(asked: Option<PathBuf>) -> Result<PathBuf> {
    choose_from(asked, env::var_os("XDG_DATA_HOME"), env::var_os("HOME"))
}

fn choose_from(
    asked: Option<PathBuf>,
    data_home: Option<OsString>,
    home: Option<OsString>,
) -> Result<PathBuf> {
    if let Some(asked) = asked {
        return Ok(asked);
    }
    // The specification: a path that is not absolute is ignored.
    let data_home = data_home.map(PathBuf::from).filter(|path| path.is_absolute());
    let data_home = data_home.or_else(|| {
        home.filter(|home| !home.is_empty()).map(|home| PathBuf::from(home).join(".local/share"))
    });
    let data_home = data_home.context("there is no home folder; name a data folder with --data")?;
    Ok(data_home.join("bellwether"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_comes_first() {
        let check = |asked: Option<&str>, data: Option<&str>, home: Option<&str>, path: &str| {
            let chosen =
                choose_from(asked.map(Into::into), data.map(Into::into), home.map(Into::into));
            assert_eq!(chosen.unwrap(), PathBuf::from(path));
        };
        check(Some("x"), Some("/d"), Some("/h"), "x");
        check(None, Some("/d"), Some("/h"), "/d/bellwether");
        check(None, Some("d"), Some("/h"), "/h/.local/share/bellwether");
        check(None, None, Some("/h"), "/h/.local/share/bellwether");
        assert!(choose_from(None, None, None).is_err());
    }
}
